"""The decision log that a server writes beside its answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from shelfguard.objects import place
from shelfguard.store.log_head import NAME
from shelfguard.store.log_verify import Verified, segments, verify
from tests.unit.serve.lexicon_pack import KNUCKLES, MUG, lexicon_pack
from tests.unit.serve.running import Api, running
from tests.waiting import wait_until

Run = Callable[[], AbstractContextManager[Api]]

FLUSH_SECONDS = "shelfguard.serve.log_writer.FLUSH_SECONDS"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def run(tmp_path: Path, log: Path) -> Run:
    """Starts a server with a log; each has the same store and the same log."""
    return partial(running, tmp_path, pack=lexicon_pack(tmp_path / "pack"), log=str(log))


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log follows at once."""
    monkeypatch.setattr(FLUSH_SECONDS, 0.05)


@pytest.fixture
def lazy(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its start a server writes nothing before its end."""
    monkeypatch.setattr(FLUSH_SECONDS, 3600.0)


def whole(log: Path, expected: str | None = None) -> Verified:
    """What is in the log, none of which was changed."""
    found = verify(place(log), expected)
    assert found.broken is None
    return found


def logged(log: Path) -> list[str]:
    """The decisions in the log, as they were answered."""
    if not (log / NAME).exists():
        return []
    tables = [segment.table for segment in segments(place(log))]
    return [body for table in tables for body in table.column("body").to_pylist()]


@pytest.mark.usefixtures("hasty")
def test_decisions_are_in_the_log_as_they_were_answered_while_it_serves(
    run: Run, log: Path
) -> None:
    with run() as api:
        answered = [api.decide(KNUCKLES).text]
        wait_until(lambda: logged(log) == answered)
        answered.append(api.decide(MUG).text)
        wait_until(lambda: logged(log) == answered)
        assert (whole(log).segments, whole(log).rows) == (2, 2)


@pytest.mark.usefixtures("lazy")
def test_what_was_answered_last_is_in_the_log_when_it_has_stopped(run: Run, log: Path) -> None:
    with run() as api:
        wait_until((log / NAME).exists)
        answered = [api.decide(listing).text for listing in (KNUCKLES, MUG)]
        assert logged(log) == []
    assert logged(log) == answered
    assert whole(log).segments == 1


@pytest.mark.usefixtures("lazy")
def test_the_next_server_continues_the_chain(run: Run, log: Path) -> None:
    with run() as api:
        first = api.decide(KNUCKLES).text
    before = whole(log)
    with run() as api:
        second = api.decide(MUG).text
    assert logged(log) == [first, second]
    assert whole(log, expected=before.sha256).segments == 2


@pytest.mark.usefixtures("hasty")
def test_a_place_out_of_reach_is_told_and_no_decision_is_lost(
    run: Run, log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log.write_text("a file where the log's folder belongs")
    with caplog.at_level(logging.WARNING), run() as api:
        wait_until(lambda: "the decision log is behind the store" in caplog.text)
        answers = [api.decide(listing) for listing in (KNUCKLES, MUG)]
        assert [answer.status_code for answer in answers] == [200, 200]
        log.unlink()
        wait_until(lambda: logged(log) == [answer.text for answer in answers])
    assert whole(log).rows == 2


@pytest.mark.usefixtures("lazy")
def test_a_place_that_comes_back_only_after_it_stopped_gets_all_from_the_next(
    run: Run, log: Path
) -> None:
    log.write_text("a file where the log's folder belongs")
    with run() as api:
        first = api.decide(KNUCKLES).text
    log.unlink()
    with run() as api:
        second = api.decide(MUG).text
    assert logged(log) == [first, second]


@pytest.mark.usefixtures("hasty")
def test_two_servers_with_one_log_write_each_decision_once(run: Run, log: Path) -> None:
    with run() as one, run() as other:
        answered = [
            api.decide(MUG | {"id": f"sku-{number}"}).text
            for number in range(20)
            for api in (one, other)
        ]
    assert logged(log) == answered
    assert whole(log).rows == 40


@pytest.mark.usefixtures("lazy")
def test_a_server_that_stops_after_another_has_written_leaves_nothing_out(
    run: Run, log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with run() as one:
        wait_until((log / NAME).exists)
        with run() as other:
            answered = [other.decide(KNUCKLES).text]
        answered.append(one.decide(MUG).text)
    assert logged(log) == answered
    assert whole(log).segments == 2
    assert caplog.text == ""
