"""The decision log: what the store acknowledged, in files that nobody can change unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shelfguard.errors import StoreError
from shelfguard.objects import Place
from shelfguard.store.log_head import Head
from shelfguard.store.log_segment import (
    SCHEMA,
    NotASegmentError,
    Segment,
    decode,
    encode,
    segment_at,
    sha256,
)
from shelfguard.store.saved import Saved

SEGMENT_ROWS = 10_000
"""The most decisions in one file."""

ReadAfter = Callable[[int, int], Sequence[Saved]]
"""Decisions after a number, at most so many, in order: `store.decisions.after` of an engine."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Where a log ends: its last segment, and the last decision in it, None where none is."""

    head: Head
    last: dict[str, Any] | None = None


class Log:
    """Writes a store's decisions to a folder, local or remote, as a chain of segments.

    A segment is written under the index after the last, and only where none is there, so the
    chain cannot fork. The store remembers everything, so nothing needs to be remembered here:
    a writer that was killed continues after the last segment that it finds. The numbers of
    another store mean nothing in this log, so it goes on only from a store that holds its end.
    """

    def __init__(self, place: Place, read_after: ReadAfter, rows: int = SEGMENT_ROWS) -> None:
        self._place, self._read_after, self._rows = place, read_after, rows
        self._tail: Tail | None = None

    def flush(self) -> int:
        """Write all decisions that the log does not have yet; returns how many.

        Where another writer is faster this goes on after what that one wrote.

        Raises:
            StoreError: the place or store cannot be reached; the next flush finds the end of the
                log again, so nothing is lost. Or this is the log of another store, or the store
                was put back to before its end.
        """
        written = 0
        tail = self._tail or find_tail(self._place)
        self._tail = None
        while rows := self._rows_after(tail):
            if appended := self._append(tail, rows):
                tail, written = appended, written + len(rows)
            else:
                tail = find_tail(self._place)
        self._tail = tail
        return written

    def _rows_after(self, tail: Tail) -> Sequence[Saved]:
        """What the store has after the end of the log, which it must have too."""
        if tail.last is None:
            return self._read_after(0, self._rows)
        rows = self._read_after(tail.last["seq"] - 1, self._rows + 1)
        if not rows or _logged(rows[0]) != tail.last:
            raise StoreError(
                "the store does not hold the last decision of this log",
                file=self._place.url,
                fix="Name the log of this store; for another or a restored one, begin a new log",
            )
        return rows[1:]

    def _append(self, tail: Tail, rows: Sequence[Saved]) -> Tail | None:
        """The end of the log after these; None where another writer has continued it."""
        index = tail.head.index + 1
        data = encode(rows, tail.head.chain, index, tail.head.sha256)
        at = segment_at(self._place, index)
        # A request that is sent again after its answer was lost finds its own segment.
        if not at.create(data) and at.read() != data:
            return None
        head = Head(chain=tail.head.chain, index=index, sha256=sha256(data))
        head.write(self._place)
        return Tail(head, _logged(rows[-1]))


def find_tail(place: Place) -> Tail:
    """Where a log ends, which is begun where there is none; its head may lag behind.

    Raises:
        StoreError: the last segment is broken or missing, or the place cannot be reached.
    """
    head = Head.begin(place)
    index = head.index
    while segment_at(place, index + 1).exists():
        index += 1
    if index == 0:
        return Tail(head)
    last = _read(segment_at(place, index))
    found = Head(chain=head.chain, index=index, sha256=last.sha256)
    if last.header.chain != head.chain or (index == head.index and found != head):
        raise _broken(segment_at(place, index), "is not the segment that the log's head names")
    return Tail(found, last.table.slice(last.header.rows - 1).to_pylist()[0])


def _read(at: Place) -> Segment:
    try:
        return decode(at.read())
    except NotASegmentError as error:
        raise _broken(at, str(error)) from error


def _broken(at: Place, problem: str) -> StoreError:
    fix = "Look with `shelfguard log verify`, and restore the log from a backup"
    return StoreError(problem, file=at.url, fix=fix)


def _logged(row: Saved) -> dict[str, Any]:
    """What the log holds of a decision."""
    return {name: getattr(row, name) for name in SCHEMA.names}
