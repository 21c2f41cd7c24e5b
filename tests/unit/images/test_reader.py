"""From references to readings, with detectors that count how often they look."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shelfguard.errors import ModelError
from shelfguard.images.detectors import BUILDERS, build_detectors
from shelfguard.images.outcome import Failure, Fetched, Reason
from shelfguard.images.picture import Picture
from shelfguard.images.reader import FETCHED_AT_ONCE, Ask, PictureReader
from shelfguard.images.reading_cache import ReadingCache
from shelfguard.images.readings import Detector, Readings
from tests.unit.images.drawing import canvas, scene
from tests.unit.images.lettering import written


def as_file(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def fetched(data: bytes, name: str) -> Fetched:
    return Fetched(data, hashlib.sha256(data).hexdigest(), name)


PLAIN = {
    f"{red}.png": fetched(as_file(canvas(f"rgb({red}, 0, 0)", 8, 6)[0]), f"{red}.png")
    for red in range(3 * FETCHED_AT_ONCE)
}
MISSING = Failure(Reason.NOT_FOUND, "There is no file")
PAGE = fetched(b"<html>", "page.png")


@dataclass
class Shelf:
    """Pictures by name; `asked` lists what was fetched, in groups."""

    pictures: Mapping[str, Fetched | Failure]
    asked: list[Sequence[str]] = field(default_factory=list)

    def fetch(self, uris: Sequence[str]) -> list[Fetched | Failure]:
        self.asked.append(uris)
        return [self.pictures.get(uri, MISSING) for uri in uris]


@dataclass(frozen=True)
class Redness:
    value: int


@dataclass
class RedDetector:
    """Reads how red a picture is; `seen` counts the pictures it was shown."""

    name: str = "red"
    version: str = "1"
    seen: int = 0

    def read(self, picture: Picture) -> Redness:
        self.seen += 1
        return Redness(int(picture.pixels[0, 0, 0]))


@dataclass
class BrokenDetector(RedDetector):
    """Fails on every picture."""

    def read(self, picture: Picture) -> Redness:
        super().read(picture)
        raise ValueError("no idea")


@pytest.fixture
def cache() -> Iterator[ReadingCache]:
    with ReadingCache() as opened:
        yield opened


def ask(uri: str, *detectors: str, sha256: str | None = None) -> Ask:
    return Ask(uri, sha256, frozenset(detectors or ("hash",)))


def reader(cache: ReadingCache, shelf: Shelf | None = None, **detectors: Detector) -> PictureReader:
    return PictureReader(shelf or Shelf(PLAIN), detectors or {"hash": RedDetector()}, cache)


def read_by(detector: str, found: Readings | Failure) -> Any:
    assert isinstance(found, Readings)
    return getattr(found, detector)


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PLAIN, "nowhere.png"])))
def test_readings_come_in_the_order_of_the_asks(names: list[str]) -> None:
    with ReadingCache() as cache:
        found = reader(cache).read([ask(name) for name in names])
    for name, each in zip(names, found, strict=True):
        if name in PLAIN:
            assert read_by("hash", each) == Redness(int(name.removesuffix(".png")))
        else:
            assert each == MISSING


def test_a_picture_that_is_named_twice_is_fetched_and_seen_once(cache: ReadingCache) -> None:
    shelf, red = Shelf(PLAIN), RedDetector()
    one, _, again = reader(cache, shelf, hash=red).read([ask("1.png"), ask("2.png"), ask("1.png")])
    assert one == again
    assert [list(group) for group in shelf.asked] == [["1.png", "2.png"]]
    assert red.seen == 2


def test_one_picture_under_many_names_is_seen_once(cache: ReadingCache) -> None:
    red = RedDetector()
    names = [f"{number}.png" for number in range(3 * FETCHED_AT_ONCE)]
    shelf = Shelf({name: replace(PLAIN["7.png"], location=name) for name in names})
    found = reader(cache, shelf, hash=red).read([ask(name) for name in names])
    assert {read_by("hash", each) for each in found} == {Redness(7)}
    assert red.seen == 1


def test_pictures_are_fetched_group_by_group(cache: ReadingCache) -> None:
    shelf = Shelf(PLAIN)
    reader(cache, shelf).read([ask(name) for name in PLAIN])
    assert [len(group) for group in shelf.asked] == [FETCHED_AT_ONCE] * 3


def test_detectors_that_were_not_asked_do_not_look(cache: ReadingCache) -> None:
    hashing, quality = RedDetector(), RedDetector()
    looking = reader(cache, hash=hashing, quality=quality)
    found = looking.read([ask("3.png", "quality", "no such detector")])[0]
    assert read_by("quality", found) == Redness(3)
    assert read_by("hash", found) is None
    assert (hashing.seen, quality.seen) == (0, 1)


def test_size_and_oddities_are_told_without_any_detector(cache: ReadingCache) -> None:
    odd = replace(PLAIN["3.png"], location="3.jpg")
    found = reader(cache, Shelf({"3.jpg": odd})).read([Ask("3.jpg", None, frozenset())])[0]
    assert found == Readings(odd.sha256, 8, 6, ("wrong-extension",))


def test_a_picture_with_the_content_that_the_feed_claims_is_read(cache: ReadingCache) -> None:
    sha256 = PLAIN["1.png"].sha256
    asks = [ask("1.png", sha256=claimed) for claimed in (sha256, sha256.upper())]
    assert [read_by("hash", found) for found in reader(cache).read(asks)] == [Redness(1)] * 2


def test_a_picture_with_other_content_than_the_feed_claims_is_not_read(cache: ReadingCache) -> None:
    red = RedDetector()
    found = reader(cache, hash=red).read([ask("1.png", sha256=PLAIN["2.png"].sha256)])[0]
    assert isinstance(found, Failure)
    assert found.reason == Reason.OTHER_CONTENT
    assert PLAIN["1.png"].sha256 in found.problem
    assert red.seen == 0


def test_a_detector_that_fails_is_named_and_the_others_go_on(cache: ReadingCache) -> None:
    looking = reader(cache, hash=BrokenDetector(), quality=RedDetector())
    for found in looking.read([ask(name, "hash", "quality") for name in ("1.png", "2.png")]):
        assert read_by("failed", found) == {"hash": "ValueError: no idea"}
        assert read_by("hash", found) is None
        assert read_by("quality", found) is not None


def test_a_detector_that_failed_is_asked_again(cache: ReadingCache) -> None:
    broken = BrokenDetector()
    looking = reader(cache, hash=broken)
    for _ in range(2):
        looking.read([ask("1.png")])
    assert broken.seen == 2


def test_what_is_no_picture_is_no_reading(cache: ReadingCache) -> None:
    red = RedDetector()
    looking = reader(cache, Shelf({"page.png": PAGE}), hash=red)
    first, again = (looking.read([ask("page.png")])[0] for _ in range(2))
    assert isinstance(first, Failure)
    assert first.reason == Reason.NOT_A_PICTURE
    assert again == first
    assert red.seen == 0


def test_another_version_of_a_detector_reads_again(cache: ReadingCache) -> None:
    old, new = RedDetector(version="1"), RedDetector(version="2")
    for red in (old, new, new):
        reader(cache, hash=red).read([ask("1.png")])
    assert (old.seen, new.seen) == (1, 1)


def test_a_kept_picture_is_not_decoded_again(cache: ReadingCache) -> None:
    first = reader(cache).read([ask("1.png")])
    cannot_be_decoded = Shelf({"1.png": replace(PLAIN["1.png"], data=b"")})
    red = RedDetector()
    assert reader(cache, cannot_be_decoded, hash=red).read([ask("1.png")]) == first
    assert red.seen == 0


def test_a_new_detector_looks_at_a_kept_picture(cache: ReadingCache) -> None:
    hashing, quality = RedDetector(), RedDetector()
    reader(cache, hash=hashing).read([ask("4.png")])
    both = reader(cache, hash=hashing, quality=quality).read([ask("4.png", "hash", "quality")])
    assert read_by("quality", both[0]) == Redness(4)
    assert (hashing.seen, quality.seen) == (1, 1)


def test_without_pictures_nothing_is_read(cache: ReadingCache) -> None:
    assert reader(cache).read([]) == []


@pytest.mark.parametrize("name", BUILDERS)
def test_a_kept_reading_is_exactly_the_fresh_one(name: str, tmp_path: Path) -> None:
    try:
        detectors = build_detectors([name], {})
    except ModelError as error:
        pytest.skip(str(error))
    images = {"scene.png": scene(), "text.png": written("No prescription needed", size=80)[0]}
    shelf = Shelf({at: fetched(as_file(image), at) for at, image in images.items()})
    asks = [ask(at, name) for at in images]
    with ReadingCache(tmp_path / "readings.sqlite") as kept:
        fresh = PictureReader(shelf, detectors, kept).read(asks)
    with ReadingCache(tmp_path / "readings.sqlite") as kept:
        again = PictureReader(shelf, detectors, kept).read(asks)
    assert again == fresh
    assert all(read_by(name, each) is not None for each in fresh)
