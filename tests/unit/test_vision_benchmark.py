"""The parts of the benchmark of pictures: distinct pictures, their feed, and the bars."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from benchmarks import catalog
from benchmarks.pinned import Result
from benchmarks.vision import bars, listings
from benchmarks.vision.pictures import SmallPictures, every_photo, shop_picture
from benchmarks.vision.shared import Counted
from benchmarks.vision.sizes import FULL, QUICK, Sizes
from PIL import Image

from shelfguard.errors import DataError
from shelfguard.images.codes import CodeReader, Codes
from shelfguard.images.decode import Decoded, decode
from tests.unit.images.drawing import as_picture, scene


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "photo.png"
    path.parent.mkdir()
    scene().save(path)
    return path


@pytest.fixture
def feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalog, "SHARED", tmp_path)  # rows of the shared data take long to read
    listings.write_feed(tmp_path / "feed.csv", 10)
    return tmp_path / "feed.csv"


def test_the_same_number_gives_the_same_picture(photo: Path) -> None:
    small, again = SmallPictures([photo]), SmallPictures([photo])
    assert small.picture(7) == again.picture(7)


def test_small_pictures_are_all_distinct(photo: Path) -> None:
    small = SmallPictures([photo])
    assert len({small.picture(number) for number in range(200)}) == 200


@pytest.mark.parametrize("photos", [0, 1], ids=["drawn", "with a photo"])
def test_a_shop_picture_can_be_decoded(photo: Path, photos: int) -> None:
    try:
        data = shop_picture(3, [photo][:photos])
    except DataError as error:  # no font
        pytest.skip(str(error))
    found = decode(data, "3.jpg")
    assert isinstance(found, Decoded)
    assert found.notes == ()


def test_photos_of_a_folder_are_found_in_both_halves(photo: Path) -> None:
    Image.new("RGB", (8, 8)).save(photo.with_name("other.png"))
    assert {photo, photo.with_name("other.png")} <= set(every_photo([photo.parent]))


def test_every_listing_of_the_feed_names_a_picture_of_its_own(feed: Path) -> None:
    (batch,) = listings.batches(feed, 10)
    named = [images[0]["uri"] for images in batch.table.column("images").to_pylist()]
    assert named == [listings.name(number) for number in range(10)]


def test_batches_end_with_the_last_row_that_is_asked_for(feed: Path) -> None:
    assert [len(batch) for batch in listings.batches(feed, 7, size=3)] == [3, 3, 1]


def test_the_first_rows_are_a_feed_too(feed: Path) -> None:
    part = feed.with_name("part.csv")
    listings.first_rows(feed, 4, part)
    with part.open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [f"row-{n:07d}" for n in range(1, 5)]


def test_a_counted_detector_reads_as_before(photo: Path) -> None:
    counted = Counted(CodeReader())
    assert counted.read(as_picture(scene())) == Codes(())
    assert (counted.calls, counted.version) == (1, CodeReader.version)


@pytest.mark.parametrize("sizes", [FULL, QUICK], ids=["full", "quick"])
def test_every_task_finds_its_listings_in_the_feed(sizes: Sizes) -> None:
    assert sizes.listings >= max(sizes.batch * (sizes.times + 1), sizes.scanned, sizes.shared)


def test_an_engine_at_half_the_speed_of_its_kernels_misses_the_bar() -> None:
    way = {"kernels ms": 100.0, "kernels processor ms": 100.0}
    found: dict[str, Result] = {
        "engine": {**way, "engine ms": 200.0, "engine processor ms": 110.0},
        "scan": {**way, "scan ms": 110.0, "scan processor ms": 110.0},
    }
    assert [bar.holds for bar in bars.speed(found)] == [False, True, True, True]


def test_memory_that_grows_misses_the_bar() -> None:
    flat, grown = ({"early peak MB": 100.0, "late peak MB": peak} for peak in (105.0, 120.0))
    found = {"memory, cheap detectors": flat, "memory, all detectors": grown}
    assert [bar.holds for bar in bars.memory(found, FULL)] == [True, False]


def test_a_look_up_that_waits_for_a_rebuild_misses_the_bar() -> None:
    found: dict[str, Result] = {
        "hash": {"hash_of, 512 pixels": 100.0, "pdqhash alone, 512 pixels": 100.0},
        "look-up": {"a second": 4000.0, "peak MB": 100.0},
        "check": {"missed": 0.0, "invented": 0.0},
        "swap": {"longest ms before": 2.0, "longest ms during": 900.0},
    }
    assert [bar.holds for bar in bars.known_pictures(found, 1000)] == [True] * 5 + [False]
