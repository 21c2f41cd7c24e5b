"""The contract of a signal: features that models weigh and evidence that people check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from shelfguard.listing import Batch, Record, Segments
from shelfguard.signals.fold import fold_texts
from shelfguard.signals.joined import Joined


class Hit(NamedTuple):
    """One finding in one listing.

    A text finding names its segment and the offsets in that segment's *folded* text; an
    attribute finding has segment None and names the field, with the value that was read,
    or None where its absence is the finding.
    """

    row: int
    feature: str
    segment: int | None = None
    start: int = 0
    end: int = 0
    field: str = ""
    value: str | None = None
    note: str = ""


class Derived:
    """What signals share about a batch, each part computed once, when first asked for.

    `read` holds the texts that were read in pictures, which count like those of the listing.
    """

    def __init__(self, batch: Batch, read: Segments | None = None) -> None:
        self.batch, self._read = batch, read

    @cached_property
    def segments(self) -> Segments:
        own, read = self.batch.segments(), self._read
        if read is None:
            return own
        return Segments(
            rows=np.concatenate([own.rows, read.rows]),
            fields=own.fields + read.fields,
            langs=own.langs + read.langs,
            texts=own.texts + read.texts,
        )

    @cached_property
    def folded(self) -> list[str]:
        """The folded text of each segment, in the order of `segments`."""
        return fold_texts(self.segments.texts)

    @cached_property
    def joined(self) -> Joined:
        """The folded texts as one byte string, for matchers."""
        return Joined(self.folded)

    @cached_property
    def records(self) -> list[Record]:
        """Listings as plain values; slow, for the few rows that need more than text."""
        return self.batch.records()


class Signal(Protocol):
    """A detector over a whole batch."""

    name: str
    version: str

    @property
    def features(self) -> Sequence[str]:
        """Every feature this signal may find, written `name:what`, in a fixed order."""
        ...

    def run(self, derived: Derived) -> list[Hit]:
        """Find everything in the batch. A listing without hits is clean, not unknown."""
        ...


def find_hits(signals: Iterable[Signal], derived: Derived) -> list[Hit]:
    """What all signals find in a batch."""
    return [hit for signal in signals for hit in signal.run(derived)]
