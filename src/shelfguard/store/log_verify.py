"""Walks the decision log and says the first place where it was changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shelfguard.chained_log import FIRST
from shelfguard.errors import StoreError
from shelfguard.objects import Place
from shelfguard.store.log_head import NAME, Head, NotAHeadError
from shelfguard.store.log_segment import NotASegmentError, Segment, decode, segment_at


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a log is not what was written."""

    file: str
    problem: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk found: how much is whole, the digest of the end, and what is broken.

    Keep `sha256` where the log's keeper cannot write: whoever can write the whole log can also
    write another one, and only a digest kept elsewhere then shows it.
    """

    segments: int
    rows: int
    last_seq: int
    sha256: str
    broken: Broken | None


class _BrokenError(Exception):
    def __init__(self, at: Place, problem: str) -> None:
        super().__init__(problem)
        self.broken = Broken(at.url, problem)


def verify(log: Place, expected: str | None = None) -> Verified:
    """Check every byte of every segment, their order, and that none is missing.

    `expected` is the SHA-256 of a segment as an earlier walk gave it: the chain must hold it.

    Raises:
        StoreError: no log is there, or the place cannot be reached.
    """
    segments = rows = last_seq = 0
    digest, digests, broken = FIRST, {FIRST}, None
    try:
        for segment in _chain(log):
            segments, last_seq = segments + 1, segment.header.last
            rows += segment.header.rows
            digest = segment.sha256
            digests.add(digest)
        if expected and expected not in digests:
            raise _BrokenError(log, f"no segment has the digest {expected}: the log is another one")
    except _BrokenError as error:
        broken = error.broken
    return Verified(segments, rows, last_seq, digest, broken)


def segments(log: Place) -> Iterator[Segment]:
    """The segments of a log in order, each whole in itself.

    Raises:
        StoreError: no log is there; one of them is broken or missing.
    """
    try:
        for index in range(1, _last_index(log) + 1):
            yield _segment(log, index)
    except _BrokenError as error:
        fix = "Look with `shelfguard log verify`"
        raise StoreError(error.broken.problem, file=error.broken.file, fix=fix) from error


def _chain(log: Place) -> Iterator[Segment]:
    """Every segment once it was checked against those before it; at the end, the head."""
    last = _last_index(log)
    head = _head(log)
    previous, seq = FIRST, 0
    for index in range(1, last + 1):
        segment = _segment(log, index)
        at, header = segment_at(log, index), segment.header
        if header.chain != head.chain:
            raise _BrokenError(at, "belongs to another log")
        if header.index != index:
            raise _BrokenError(at, f"was written as segment {header.index}: it was moved")
        if header.previous != previous:
            raise _BrokenError(at, "follows on other bytes than those of the segment before it")
        if header.first <= seq:
            raise _BrokenError(at, "repeats decisions of the segment before it")
        if index == head.index and segment.sha256 != head.sha256:
            raise _BrokenError(at, "is not the segment that the log's head names")
        previous, seq = segment.sha256, header.last
        yield segment
    if head.index > last:
        raise _BrokenError(segment_at(log, last + 1), f"is missing, as all to {head.index}")


def _segment(log: Place, index: int) -> Segment:
    at = segment_at(log, index)
    if not at.exists():
        raise _BrokenError(at, "is missing")
    try:
        return decode(at.read())
    except NotASegmentError as error:
        raise _BrokenError(at, str(error)) from error


def _head(log: Place) -> Head:
    try:
        head = Head.read(log)
    except NotAHeadError as error:
        raise _BrokenError(log / NAME, error.problem) from error
    if head is None:
        raise _BrokenError(log / NAME, "is missing")
    return head


def _last_index(log: Place) -> int:
    """The index of the last segment that lies there, 0 where none does.

    Raises:
        StoreError: no log is there.
    """
    names = log.names()
    found = [int(name[:12]) for name in names if re.fullmatch(r"\d{12}\.parquet", name)]
    if not found and NAME not in names:
        raise StoreError("no decision log is here", file=log.url, fix="Check the place.")
    return max(found, default=0)
