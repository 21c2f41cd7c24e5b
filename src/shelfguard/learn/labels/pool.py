"""The listings that people could be asked about, with what the pack's models say of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
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
    """Listings of one feed, each content once.

    `probabilities` [listings, clauses] are NaN where unknown; `thresholds` [clauses] are those
    above which a person looks, infinity where none was solved.
    """

    batch: Batch
    hashes: list[str]
    clauses: list[str]
    probabilities: Floats
    thresholds: Floats

    def __len__(self) -> int:
        return len(self.hashes)

    @classmethod
    def of_feed(
        cls,
        feed: Feed,
        engine: Engine,
        labelled: Collection[str] = (),
        watch: Callable[[int, int], None] = lambda done, total: None,
    ) -> Pool:
        """Every readable listing of a feed but those whose hash is in `labelled`, judged.

        `watch` is told of (bytes read, bytes in all).

        Raises:
            FeedError: the feed as a whole cannot be read.
            DataError: there is nothing left to ask about.
        """
        tables, hashes, scores = [], [], []
        for batch, names in _fresh(feed, set(labelled)):
            tables.append(batch.table)
            hashes += names
            scores.append(engine.run(batch).probabilities)
            watch(feed.bytes_read, feed.total_bytes)
        if not hashes:
            fix = "Give a feed with new listings"
            raise DataError("no listing left to ask about", file=feed.path, fix=fix)
        listings = Batch(pa.concat_tables(tables).combine_chunks())
        lowest = np.minimum(engine.thresholds.act, engine.thresholds.review)
        return cls(listings, hashes, list(engine.clauses), np.concatenate(scores), lowest)


def _fresh(feed: Feed, known: set[str]) -> Iterator[tuple[Batch, list[str]]]:
    """The listings of each chunk that are not known yet, with their hashes."""
    for chunk in feed.chunks():
        rows: dict[str, int] = {}
        for row, name in enumerate(chunk.batch.content_hashes()):
            if name not in known:
                known.add(name)
                rows[name] = row
        if rows:
            yield chunk.batch.take(rows.values()), list(rows)
