"""The file of dead letters: whole lines, whatever happened to their writers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shelfguard.errors import ServeError
from shelfguard.serve.webhooks.dead_letters import bury, taking
from shelfguard.store.deliveries import Delivery

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def letter(number: int) -> Delivery:
    return Delivery.new(f"msg_{number}", "desk", '{"note": "é\\n"}')


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dead-letters.jsonl"


def test_letters_are_taken_as_they_were_put(file: Path) -> None:
    for number in range(3):
        bury(file, letter(number), "answered 410", NOW)
    with taking(file) as letters:
        assert [each.id for each in letters] == ["msg_0", "msg_1", "msg_2"]
        assert letters[0].event == {"note": "é\n"}
        assert letters[0].reason == "answered 410"
    assert file.read_bytes() == b""


def test_what_fails_takes_nothing(file: Path) -> None:
    bury(file, letter(1), "answered 410", NOW)
    before = file.read_bytes()
    with pytest.raises(RuntimeError), taking(file):
        raise RuntimeError
    assert file.read_bytes() == before


def test_a_letter_after_half_a_line_stands_on_a_line_of_its_own(file: Path) -> None:
    bury(file, letter(1), "answered 410", NOW)
    file.write_bytes(file.read_bytes()[:-20])
    bury(file, letter(2), "answered 410", NOW)
    assert len(file.read_bytes().splitlines()) == 2
    with pytest.raises(ServeError, match=r"jsonl:1: is no dead letter"), taking(file):
        pass


def test_a_file_that_is_not_there_is_an_error(file: Path) -> None:
    with pytest.raises(ServeError, match="no such file"), taking(file):
        pass
    assert not file.exists()
