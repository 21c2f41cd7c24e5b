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
        if expected is not None and expected not in digests:
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
        for index in _whole(log, 0):
            yield _segment(log, index)
    except _BrokenError as error:
        fix = "Look with `shelfguard log verify`"
        raise StoreError(error.broken.problem, file=error.broken.file, fix=fix) from error


def _chain(log: Place) -> Iterator[Segment]:
    """Every segment, once it was checked against those before it and the head."""
    # The head comes first: a writer may add segments while this walks.
    head = _head(log)
    previous, seq = FIRST, 0
    for index in _whole(log, head.index):
        segment = _segment(log, index)
        if problem := _problem(segment, index, head, previous, seq):
            raise _BrokenError(segment_at(log, index), problem)
        previous, seq = segment.sha256, segment.header.last
        yield segment


def _problem(segment: Segment, index: int, head: Head, previous: str, seq: int) -> str | None:
    """Why this is not the segment of this index after those bytes and that number."""
    header = segment.header
    if header.chain != head.chain:
        return "belongs to another log"
    if header.index != index:
        return f"was written as segment {header.index}: it was moved"
    if header.previous != previous:
        return f"follows on other bytes than those of segment {index - 1}: one of them was changed"
    if header.first <= seq:
        return f"repeats decisions of segment {index - 1}"
    if index == head.index and segment.sha256 != head.sha256:
        return "is not the segment that the log's head names"
    return None


def _whole(log: Place, least: int) -> Iterator[int]:
    """The indexes of a log of at least so many segments, as long as none is missing."""
    names = log.names()
    present = {int(name[:12]) for name in names if re.fullmatch(r"\d{12}\.parquet", name)}
    if not present and NAME not in names:
        raise _no_log(log)
    for index in range(1, max(present | {least}) + 1):
        if index not in present:
            raise _BrokenError(segment_at(log, index), "is missing")
        yield index


def _segment(log: Place, index: int) -> Segment:
    at = segment_at(log, index)
    try:
        return decode(at.read())
    except NotASegmentError as error:
        raise _BrokenError(at, str(error)) from error


def _head(log: Place) -> Head:
    """Raises: StoreError where nothing at all is."""
    try:
        head = Head.read(log)
    except NotAHeadError as error:
        raise _BrokenError(log / NAME, error.problem) from error
    if head is None:
        if not log.names():
            raise _no_log(log)
        raise _BrokenError(log / NAME, "is missing")
    return head


def _no_log(log: Place) -> StoreError:
    return StoreError("no decision log is here", file=log.url, fix="Check the place.")
