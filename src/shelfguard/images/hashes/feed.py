"""The hashes of the pictures of a feed's listings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shelfguard.feeds import Chunk
from shelfguard.images.hashes.hashed_picture import HashedPicture, ListingPlace
from shelfguard.images.outcome import Failure
from shelfguard.images.reader import Ask, PictureReader
from shelfguard.images.readings import Readings
from shelfguard.listing import Batch

LISTINGS_AT_ONCE = 256
"""Rows of a chunk: enough pictures to fetch ahead, few enough that a progress bar moves."""

HASH = "hash"
"""The detector that is asked."""


def hash_feed(chunks: Iterable[Chunk], reader: PictureReader) -> Iterator[HashedPicture]:
    """Every picture of every listing in their order, with its hash or why there is none."""
    for chunk in chunks:
        asked = list(_asked(chunk.batch))
        answers = reader.read([ask for _, ask in asked])
        for (at, ask), answer in zip(asked, answers, strict=True):
            yield _hashed(at, ask.uri, answer)


def _asked(batch: Batch) -> Iterator[tuple[ListingPlace, Ask]]:
    columns = (batch.table.column(name).to_pylist() for name in ("id", "seller", "images"))
    for listing, seller, pictures in zip(*columns, strict=True):
        for place, picture in enumerate(pictures or ()):
            if picture["uri"]:
                at = ListingPlace(listing, (seller or {}).get("id"), place)
                yield at, Ask(picture["uri"], picture["sha256"], frozenset({HASH}))


def _hashed(at: ListingPlace, uri: str, answer: Readings | Failure) -> HashedPicture:
    if isinstance(answer, Failure):
        return HashedPicture(uri, problem=answer.problem, at=at)
    if answer.hash is None:
        return HashedPicture(uri, answer.sha256, problem=answer.failed[HASH], at=at)
    return HashedPicture(uri, answer.sha256, answer.hash.picture_hash(), at=at)
