"""The hashes of a feed's pictures."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

pytest.importorskip("pdqhash")

from shelfguard.feeds import Chunk
from shelfguard.images.hash_detector import HashDetector
from shelfguard.images.hashes.feed import HASH, hash_feed
from shelfguard.images.hashes.hashed_picture import ListingPlace
from shelfguard.images.outcome import Failure, Fetched, Reason
from shelfguard.images.reader import PictureReader
from shelfguard.images.reading_cache import ReadingCache
from shelfguard.listing import Batch
from tests.unit.images.drawing import scene


def drawn() -> bytes:
    """A picture file."""
    file = io.BytesIO()
    scene(60, 60).save(file, "PNG")
    return file.getvalue()


PICTURE = drawn()


class Shelf:
    """Has one picture under any name but "gone", and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def fetch(self, uris: Sequence[str]) -> list[Fetched | Failure]:
        self.asked.update(uris)
        gone = Failure(Reason.NOT_FOUND, "It is gone")
        return [gone if uri == "gone" else Fetched(PICTURE, "0" * 64, uri) for uri in uris]


def chunk(*records: dict[str, Any]) -> Chunk:
    batch = Batch.from_records([{"title": {"en": "A mug"}, **record} for record in records])
    return Chunk(batch, [], Counter(), len(records))


def pictures(*uris: str) -> list[dict[str, str]]:
    return [{"uri": uri} for uri in uris]


@pytest.fixture
def reader() -> PictureReader:
    return PictureReader(Shelf(), {HASH: HashDetector()}, ReadingCache())


def test_every_picture_tells_its_listing_and_its_hash_or_problem(reader: PictureReader) -> None:
    first = {"id": "mug", "seller": {"id": "s1"}, "images": pictures("a.png", "gone")}
    later = {"id": "cup", "images": pictures("b.png")}
    none = {"id": "lid"}
    mug, gone, cup = hash_feed([chunk(first, none), chunk(later)], reader)
    assert [each.at for each in (mug, gone, cup)] == [
        ListingPlace("mug", "s1", 0),
        ListingPlace("mug", "s1", 1),
        ListingPlace("cup", None, 0),
    ]
    assert mug.hash == cup.hash
    assert mug.hash
    assert (gone.hash, gone.sha256, gone.problem) == (None, None, "It is gone")


def test_a_detector_that_fails_is_the_pictures_problem(
    reader: PictureReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: HashDetector, picture: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr(HashDetector, "read", fail)
    (found,) = hash_feed([chunk({"id": "mug", "images": pictures("a.png")})], reader)
    assert (found.hash, found.problem) == (None, "ValueError: odd")


def test_a_feed_is_read_no_faster_than_its_hashes_are_taken(reader: PictureReader) -> None:
    read: list[int] = []

    def chunks() -> Iterator[Chunk]:
        for number in range(3):
            read.append(number)
            yield chunk({"id": str(number), "images": pictures("a.png")})

    hashes = hash_feed(chunks(), reader)
    next(hashes)
    assert read == [0]
