"""The committed chunks of a run: one protocol for local folders and object stores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from shelfguard.run.counts import Counts
from shelfguard.run.part import Part

CHUNKS_A_FILE = 1_000_000
"""A chunk's index is the number of its file times this, plus its number in the file."""


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A file of the feed that was read to its end, and how many chunks it has."""

    uri: str
    format: str
    bytes: int
    chunks: int

    def indexes(self, number: int) -> range:
        """The indexes of its chunks, where it is the file of this number."""
        first = number * CHUNKS_A_FILE
        return range(first, first + self.chunks)


class Parts(Protocol):
    """Where workers commit chunks. It can be sent to any process that reaches the same place."""

    def part(self, index: int) -> Part:
        """A new attempt at this chunk."""
        ...

    def committed(self) -> set[int]:
        """The indexes of all chunks that are done."""
        ...

    def counts(self, indexes: Iterable[int]) -> Iterator[Counts]:
        """What each of these committed chunks counted."""
        ...

    def end_file(self, number: int, file: FeedFile) -> None:
        """Record that a file was read to its end."""
        ...

    def ended_files(self) -> dict[int, FeedFile]:
        """The files that were read to their end, by number."""
        ...


def total(counts: Iterable[Counts]) -> Counts:
    """All counts together."""
    everything = Counts()
    for one in counts:
        everything.add(one)
    return everything
