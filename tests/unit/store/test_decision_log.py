"""The decision log, in a folder and in real object stores."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from shelfguard.errors import StoreError
from shelfguard.objects import Place, place
from shelfguard.store.database import writing
from shelfguard.store.decisions import add, after
from shelfguard.store.log import Log
from shelfguard.store.log_head import NAME as HEAD
from shelfguard.store.log_head import Head
from shelfguard.store.log_verify import segments, verify
from shelfguard.store.saved import Saved
from shelfguard.store.tables import cases, decisions
from tests.unit.store.rows import row

WRITER = """
import sys
from shelfguard.objects import place
from shelfguard.store.log import Log
from tests.unit.store.rows import row

def endless(seq, limit):
    return [row(number, seq=number) for number in range(seq + 1, seq + 1 + limit)]

Log(place(sys.argv[1]), endless, rows=2).flush()
"""
"""A process that writes for ever."""


class Rows:
    """What a store holds: rows numbered with gaps, as transactions that are undone leave them."""

    def __init__(self, count: int = 0) -> None:
        self.rows: list[Saved] = []
        self.grow(count)

    def grow(self, count: int) -> None:
        start = len(self.rows)
        self.rows += [row(number, seq=3 * number + 1) for number in range(start, start + count)]

    def after(self, seq: int, limit: int) -> Sequence[Saved]:
        return [each for each in self.rows if (each.seq or 0) > seq][:limit]


def ids(log: Place) -> list[str]:
    return [name for each in segments(log) for name in each.table.column("decision_id").to_pylist()]


def written(log: Place, count: int = 10, rows: int = 4) -> Rows:
    store = Rows(count)
    Log(log, store.after, rows).flush()
    return store


def problem(log: Place) -> str:
    broken = verify(log).broken
    assert broken
    return f"{broken.file.removeprefix(log.url + '/')} {broken.problem}"


def test_every_decision_is_written_once_and_in_order(empty: Place) -> None:
    store = Rows(10)
    log = Log(empty, store.after, rows=4)
    assert log.flush() == 10
    assert log.flush() == 0
    store.grow(1)
    assert log.flush() == 1
    assert ids(empty) == [each.decision_id for each in store.rows]
    assert [each.table.num_rows for each in segments(empty)] == [4, 4, 2, 1]
    found = verify(empty)
    assert (found.segments, found.rows, found.last_seq) == (4, 11, 31)
    assert found.broken is None


def test_a_log_keeps_the_body_as_it_was_answered(tmp_path: Path) -> None:
    body = '{"id":"1", "quote":"é\\u202e \U0001f52b"}'
    Log(place(tmp_path), lambda seq, _: [row(body=body, seq=1)] if seq < 1 else []).flush()
    (segment,) = segments(place(tmp_path))
    assert segment.table.column("body").to_pylist() == [body]


def test_another_writer_continues_where_the_last_one_ended(empty: Place) -> None:
    store = written(empty, 5)
    store.grow(5)
    assert Log(empty, store.after).flush() == 5
    assert ids(empty) == [each.decision_id for each in store.rows]
    assert verify(empty).broken is None


def test_of_two_writers_the_slower_goes_on_after_the_faster(empty: Place) -> None:
    store = Rows(3)
    slow, fast = Log(empty, store.after), Log(empty, store.after)
    slow.flush()
    store.grow(3)
    fast.flush()
    store.grow(3)
    assert slow.flush() == 3
    assert ids(empty) == [each.decision_id for each in store.rows]
    assert verify(empty).broken is None


def test_a_writer_does_not_go_on_after_what_another_store_wrote_meanwhile(empty: Place) -> None:
    store = Rows(3)
    slow = Log(empty, store.after)
    slow.flush()
    other = Rows(6)
    other.rows[3:] = [replace(each, body="{}") for each in other.rows[3:]]
    Log(empty, other.after).flush()
    store.grow(3)
    with pytest.raises(StoreError, match="does not hold the last decision"):
        slow.flush()
    assert verify(empty).rows == 6


def test_a_segment_that_was_written_though_its_answer_was_lost_is_no_other_writers(
    tmp_path: Path,
) -> None:
    log, store = place(tmp_path), Rows(3)
    slow = Log(log, store.after)
    slow.flush()
    head = Head.read(log)
    store.grow(3)
    Log(log, store.after).flush()
    assert head
    head.write(log)
    assert slow.flush() == 3
    assert verify(log).broken is None


def test_the_store_is_what_the_log_is_written_from(engine: Engine, tmp_path: Path) -> None:
    log = Log(place(tmp_path), partial(after, engine), rows=3)
    with writing(engine) as connection:
        add(connection, [row(number) for number in range(7)])
    assert log.flush() == 7
    assert ids(place(tmp_path)) == [f"decision-{number}" for number in range(7)]


def test_a_log_does_not_go_on_from_a_store_of_fewer_decisions(empty: Place) -> None:
    written(empty, 5)
    with pytest.raises(StoreError, match=r"does not hold the last decision.*begin a new log"):
        Log(empty, Rows(3).after).flush()
    assert verify(empty).rows == 5


def test_a_log_does_not_go_on_from_a_store_with_other_decisions_under_its_numbers(
    empty: Place,
) -> None:
    written(empty, 5)
    other = Rows(8)
    other.rows = [replace(each, body="{}") for each in other.rows]
    with pytest.raises(StoreError, match="does not hold the last decision"):
        Log(empty, other.after).flush()
    assert verify(empty).rows == 5


def test_a_store_that_was_put_back_while_its_log_was_written_is_noticed(
    engine: Engine, tmp_path: Path
) -> None:
    log = Log(place(tmp_path), partial(after, engine))
    with writing(engine) as connection:
        numbers = add(connection, [row(number) for number in range(3)])
    assert log.flush() == 3
    with writing(engine) as connection:
        connection.execute(delete(cases))
        connection.execute(delete(decisions).where(decisions.c.seq > numbers[0]))
    with pytest.raises(StoreError, match="does not hold the last decision"):
        log.flush()


def test_a_log_in_its_early_days_belongs_to_whichever_store_writes_first(empty: Place) -> None:
    assert Log(empty, Rows().after).flush() == 0
    assert Log(empty, Rows(2).after).flush() == 2


class Killed(BaseException):
    """The process is gone before this write."""


@pytest.mark.parametrize("writes", range(6))
def test_a_writer_killed_before_any_of_its_writes_leaves_a_log_that_goes_on(
    writes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, store = place(tmp_path), Rows(8)
    left = iter(range(writes))
    with monkeypatch.context() as patches:
        for name in ("write", "create"):
            method = getattr(type(log), name)

            def doomed(at: Place, data: bytes, method: object = method) -> object:
                if next(left, None) is None:
                    raise Killed
                assert callable(method)
                return method(at, data)

            patches.setattr(type(log), name, doomed)
        try:
            Log(log, store.after, rows=4).flush()
        except Killed:
            pass
        else:
            assert writes == 5
    store.grow(2)
    Log(log, store.after, rows=4).flush()
    assert ids(log) == [each.decision_id for each in store.rows]
    assert verify(log).broken is None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of three segments, for tests that put back what they change."""
    folder = tmp_path_factory.mktemp("log")
    written(place(folder))
    return folder


@contextmanager
def changed(file: Path, content: bytes) -> Iterator[None]:
    before = file.read_bytes()
    file.write_bytes(content)
    try:
        yield
    finally:
        file.write_bytes(before)


@settings(max_examples=300)
@given(data=st.data())
def test_any_change_of_any_byte_is_found(data: st.DataObject, folder: Path) -> None:
    file = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = bytearray(file.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    whole = Head.read(place(folder))
    with changed(file, bytes(content)):
        # White space of the head says nothing, and so may change.
        assert verify(place(folder)).broken or Head.read(place(folder)) == whole


@given(cut=st.integers(1, 400))
def test_a_segment_cut_short_is_found(cut: int, folder: Path) -> None:
    file = folder / "000000000003.parquet"
    with changed(file, file.read_bytes()[:-cut]):
        found = "000000000003.parquet cannot be read: its bytes were changed"
        assert problem(place(folder)) == found


def test_a_missing_segment_is_named(empty: Place) -> None:
    written(empty)
    (empty / "000000000002.parquet").remove()
    assert problem(empty) == "000000000002.parquet is missing"
    with pytest.raises(StoreError, match="is missing"):
        ids(empty)


def test_a_missing_end_is_named(empty: Place) -> None:
    written(empty)
    (empty / "000000000003.parquet").remove()
    assert problem(empty).startswith("000000000003.parquet is missing")


def test_a_missing_head_is_named(empty: Place) -> None:
    written(empty)
    (empty / HEAD).remove()
    assert problem(empty) == "HEAD.json is missing"


def test_segments_that_changed_places_are_named(tmp_path: Path) -> None:
    log = place(tmp_path)
    written(log)
    one, two = log / "000000000001.parquet", log / "000000000002.parquet"
    first, second = one.read(), two.read()
    one.write(second)
    two.write(first)
    assert problem(log) == "000000000001.parquet was written as segment 2: it was moved"


def test_a_segment_of_another_log_is_named(tmp_path: Path) -> None:
    log, other = place(tmp_path / "log"), place(tmp_path / "other")
    written(log)
    written(other)
    (log / "000000000002.parquet").write((other / "000000000002.parquet").read())
    assert problem(log) == "000000000002.parquet belongs to another log"


def test_a_log_that_was_written_anew_does_not_have_the_digest_kept_elsewhere(
    tmp_path: Path,
) -> None:
    log = place(tmp_path / "log")
    store = written(log)
    kept = verify(log).sha256
    store.grow(4)
    Log(log, store.after).flush()
    assert verify(log, kept).broken is None
    for name in log.names():
        (log / name).remove()
    written(log)
    assert verify(log).broken is None
    assert verify(log, kept).broken


def test_a_place_without_a_log_is_an_error(empty: Place) -> None:
    with pytest.raises(StoreError, match="no decision log is here"):
        verify(empty)


def test_a_writer_does_not_continue_after_an_end_that_was_changed(tmp_path: Path) -> None:
    log = place(tmp_path)
    store = written(log)
    (log / "000000000003.parquet").write(b"other")
    store.grow(1)
    with pytest.raises(StoreError, match="cannot be read"):
        Log(log, store.after).flush()


def test_a_writer_that_is_killed_at_any_moment_leaves_a_log_that_goes_on(tmp_path: Path) -> None:
    log = place(tmp_path / "log")
    for _ in range(3):
        before = len(log.names())
        with subprocess.Popen([sys.executable, "-c", WRITER, log.url]) as process:
            while len(log.names()) < before + 20:
                assert process.poll() is None
                time.sleep(0.02)
            process.kill()
        found = verify(log)
        assert found.broken is None
    assert ids(log) == [f"decision-{number}" for number in range(1, found.rows + 1)]
