"""The example feed with pictures: complete, honest about itself, and drawn again alike."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shelfguard.images.decode import Decoded, decode
from shelfguard.images.outcome import Reason
from shelfguard.images.picture import Pixels
from shelfguard.policy.load import load_pack
from tests.unit.feeds.reading import read

pytest.importorskip("zxingcpp")
from examples.drawing.broken import broken_files
from examples.drawing.files import encode
from examples.drawing.lettering import FontError
from examples.drawing.pictures import PICTURES

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDER = EXAMPLES / "pictures"

SMALL = 240
"""Pixels of a side: drawn again as small as this, all pictures take seconds."""

BLUR_SIDE = 24
"""Both are compared at this size: grain and edges differ between sizes, what is shown does not."""

TOLERANCE = 6.0
"""Mean difference in grey levels of 255."""

BROKEN = {
    "truncated.jpg": Reason.TRUNCATED,
    "empty.jpg": Reason.EMPTY,
    "note.jpg": Reason.NOT_A_PICTURE,
    "script.svg": Reason.SVG,
    "huge.png": Reason.TOO_MANY_PIXELS,
}
ABSENT = {"pictures/missing.jpg", "../catalog.csv", "http://127.0.0.1/x.jpg"}
MAX_BYTES = 1_500_000


def expectations() -> list[dict[str, str]]:
    with (EXAMPLES / "pictures_expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pixels(data: bytes) -> Pixels:
    found = decode(data)
    assert isinstance(found, Decoded)
    return found.picture.pixels


def small(data: bytes) -> Pixels:
    image = Image.fromarray(pixels(data))
    return np.asarray(image.resize((BLUR_SIDE, BLUR_SIDE), Image.Resampling.BOX))


def test_the_feed_reads_whole() -> None:
    records, quarantined, warnings = read(EXAMPLES / "pictures.csv")
    assert (len(records), quarantined, dict(warnings)) == (40, [], {})
    assert {lang for record in records for lang in record["title"]} == {"en", "fr"}


def test_the_first_picture_is_the_main_one() -> None:
    records, _, _ = read(EXAMPLES / "pictures.csv")
    roles = [[image["role"] for image in record["images"]] for record in records]
    assert {tuple(each) for each in roles} == {("main",), ("main", "additional")}


def test_every_picture_named_is_there_but_for_those_that_must_not_be() -> None:
    records, _, _ = read(EXAMPLES / "pictures.csv")
    named = {image["uri"] for record in records for image in record["images"]}
    assert named - {f"pictures/{path.name}" for path in FOLDER.iterdir()} == ABSENT


def test_no_picture_is_unused() -> None:
    records, _, _ = read(EXAMPLES / "pictures.csv")
    named = {image["uri"] for record in records for image in record["images"]}
    assert {f"pictures/{path.name}" for path in FOLDER.iterdir()} <= named


def test_every_listing_has_an_expectation() -> None:
    records, _, _ = read(EXAMPLES / "pictures.csv")
    assert [row["id"] for row in expectations()] == [record["id"] for record in records]


def test_expectations_name_clauses_of_the_pack_and_known_reasons() -> None:
    clauses = set(load_pack("ca-marketplace").clauses)
    known = {"allow"} | clauses | {f"degraded:{reason}" for reason in Reason}
    for row in expectations():
        assert row["expected"].removeprefix("missed:") in known
        assert set(filter(None, row["also"].split("|"))) <= clauses


def test_all_files_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MAX_BYTES


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_is_drawn_again_alike(name: str) -> None:
    try:
        again = encode(name, PICTURES[name](SMALL))
    except FontError as error:
        pytest.skip(str(error))
    committed = small((FOLDER / name).read_bytes()).astype(int)
    assert np.abs(small(again) - committed).mean() < TOLERANCE


def test_files_that_are_no_pictures_are_made_again_to_the_byte() -> None:
    again = broken_files((FOLDER / "mug.jpg").read_bytes())
    assert again == {name: (FOLDER / name).read_bytes() for name in BROKEN}


@pytest.mark.parametrize(("name", "reason"), BROKEN.items())
def test_a_file_that_is_no_picture_is_refused(name: str, reason: Reason) -> None:
    found = decode((FOLDER / name).read_bytes(), name)
    assert not isinstance(found, Decoded)
    assert found.reason is reason
