from __future__ import annotations

from pathlib import Path

import pytest

from shelfguard.chained_log import ChainedLog, Link
from shelfguard.errors import FindingsError


class Note(Link):
    text: str


@pytest.fixture
def log(tmp_path: Path) -> ChainedLog[Note]:
    log = ChainedLog(tmp_path / "log.jsonl", Note)
    with log.writing() as writer:
        for text in ("one", "two", "three"):
            writer.append(Note(text=text))
    return log


def lines(log: ChainedLog[Note]) -> list[str]:
    return log.path.read_text("utf-8").splitlines(keepends=True)


def test_lines_are_read_in_their_order_and_more_can_be_added(log: ChainedLog[Note]) -> None:
    with log.writing() as writer:
        assert [line.text for line in writer.lines] == ["one", "two", "three"]
        writer.append(Note(text="four"))
    assert [line.text for line in log.read()] == ["one", "two", "three", "four"]


@pytest.mark.parametrize(
    ("number", "replacement", "problem"),
    [
        (0, "", ":1: the line before it was"),
        (1, "", ":2: the line before it was"),
        (2, '{"text": "two", "extra"\n', ":3: is no entry of this log"),
        (2, '{"previous"', ":3: half a line"),
    ],
)
def test_a_log_that_was_tampered_with_is_refused(
    log: ChainedLog[Note], number: int, replacement: str, problem: str
) -> None:
    some = lines(log)
    some[number] = replacement
    log.path.write_text("".join(some), "utf-8")
    with pytest.raises(FindingsError, match=problem):
        log.read()
    with pytest.raises(FindingsError, match=problem), log.writing():
        pass
