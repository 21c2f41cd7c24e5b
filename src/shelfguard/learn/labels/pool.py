"""The listings that people could be asked about, with what the pack's models say of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shelfguard.engine import Engine
from shelfguard.errors import DataError
from shelfguard.feeds import Feed
from shelfguard.listing import Batch

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Pool:
    """Listings of the files of a feed, each content once.

    `probabilities` [listings, clauses] are NaN where unknown; `thresholds` [clauses] are those
    above which a person looks, infinity where none was solved. `unread` counts rows of the feed
    that are no listing: no figure made from the pool speaks for them.
    """

    batch: Batch
    hashes: list[str]
    clauses: list[str]
    probabilities: Floats
    thresholds: Floats
    unread: int = 0

    def __len__(self) -> int:
        return len(self.hashes)

    @classmethod
    def of_feeds(
        cls,
        feeds: Iterable[Feed],
        engine: Engine,
        labelled: Collection[str] = (),
        watch: Callable[[int, int], None] = lambda done, total: None,
    ) -> Pool:
        """Every readable listing of the files but those whose hash is in `labelled`, judged.

        `watch` is told of (bytes read, bytes in all) of each file.

        Raises:
            FeedError: a file as a whole cannot be read.
            DataError: there is nothing left to ask about.
        """
        hashes: list[str] = []
        tables, scores = [], []
        known, unread = set(labelled), 0
        for feed, chunk in ((each, chunk) for each in feeds for chunk in each.chunks()):
            unread += len(chunk.quarantined)
            fresh = _fresh(chunk.batch, known)
            if fresh:
                batch = chunk.batch.take(fresh.values())
                tables.append(batch.table)
                hashes += fresh
                scores.append(engine.run(batch).probabilities)
            watch(feed.bytes_read, feed.total_bytes)
        if not hashes:
            fix = "Give a feed with new listings"
            raise DataError("no listing left to ask about", fix=fix)
        listings = Batch(pa.concat_tables(tables).combine_chunks())
        lowest = np.minimum(engine.thresholds.act, engine.thresholds.review)
        clauses = list(engine.clauses)
        return cls(listings, hashes, clauses, np.concatenate(scores), lowest, unread)


def _fresh(batch: Batch, known: set[str]) -> dict[str, int]:
    """The rows whose content is not known yet, by hash; they are known from now on."""
    rows = {}
    for row, name in enumerate(batch.content_hashes()):
        if name not in known:
            known.add(name)
            rows[name] = row
    return rows
