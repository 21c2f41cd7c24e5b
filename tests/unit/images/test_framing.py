"""Where the product stands, as a tiny network sees it: whatever is darker than white."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from shelfguard.images.framing import Framing, FramingDetector
from shelfguard.images.picture import Box
from tests.unit.images.drawing import as_picture, canvas, compressed
from tests.unit.images.graphs import write_dark_is_salient

Corners = tuple[int, int, int, int]


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> FramingDetector:
    return FramingDetector(write_dark_is_salient(tmp_path_factory.mktemp("graph") / "dark.onnx"))


def read(detector: FramingDetector, *boxes: Corners, ground: str = "white") -> Framing:
    """A square picture of 400 pixels with dark boxes in it."""
    image, draw = canvas(ground)
    for corners in boxes:
        draw.rectangle(corners, fill="#402010")
    return detector.read(as_picture(image))


def test_a_box_is_measured(detector: FramingDetector) -> None:
    found = read(detector, (100, 40, 299, 239))
    assert found.coverage == pytest.approx(0.25, abs=0.01)
    assert found.box is not None
    box = (found.box.left, found.box.top, found.box.right, found.box.bottom)
    assert box == pytest.approx((0.25, 0.1, 0.75, 0.6), abs=0.01)
    assert found.margins == pytest.approx((0.25, 0.1, 0.25, 0.4), abs=0.01)
    assert (found.objects, found.touches) == (1, ())


def test_the_mask_covers_what_the_coverage_counts(detector: FramingDetector) -> None:
    found = read(detector, (100, 40, 299, 239))
    assert (found.mask.height, found.mask.width) == (160, 160)
    assert found.mask.area / 160**2 == pytest.approx(found.coverage, abs=1e-4)
    assert found.mask.region()[80, 60]


def test_pieces_set_together_are_counted_and_specks_are_not(detector: FramingDetector) -> None:
    pieces = [(x, 150, x + 60, 250) for x in (40, 140, 240)]
    assert read(detector, *pieces, (350, 20, 356, 26)).objects == 3


@pytest.mark.parametrize(
    ("corners", "sides"),
    [
        ((0, 100, 200, 300), ("left",)),
        ((200, 200, 399, 399), ("right", "bottom")),
        ((0, 150, 399, 250), ("left", "right")),
        ((100, 0, 300, 200), ("top",)),
        ((8, 8, 391, 391), ()),
    ],
)
def test_the_sides_that_cut_a_product_are_named(
    detector: FramingDetector, corners: Corners, sides: tuple[str, ...]
) -> None:
    assert read(detector, corners).touches == sides


def test_an_empty_picture_has_no_product_and_a_white_background(detector: FramingDetector) -> None:
    found = read(detector)
    assert (found.objects, found.box, found.coverage) == (0, None, 0)
    assert found.margins == (1, 1, 1, 1)
    assert found.white_background == found.white_border == found.plain_background == 1


def test_a_picture_without_background_is_none_of_white_or_plain(detector: FramingDetector) -> None:
    found = read(detector, (0, 0, 399, 399))
    assert (found.coverage, found.white_background, found.plain_background) == (1, 0, 0)
    assert found.box == Box(0, 0, 1, 1)


def test_white_counts_as_white_however_compressed(detector: FramingDetector) -> None:
    image, draw = canvas()
    draw.ellipse((120, 120, 280, 280), fill="#402010")
    found = detector.read(as_picture(compressed(image, 20)))
    assert found.white_background > 0.99
    assert found.white_border == 1


def test_a_grey_background_is_plain_but_not_white(detector: FramingDetector) -> None:
    found = read(detector, (100, 100, 300, 300), ground="#e6e6e6")
    assert found.white_background == 0
    assert found.plain_background > 0.99


def test_a_background_of_two_colours_is_half_plain(detector: FramingDetector) -> None:
    image, draw = canvas()
    draw.rectangle((0, 205, 399, 399), fill="#e0e8ff")
    draw.rectangle((100, 100, 300, 300), fill="#402010")
    assert detector.read(as_picture(image)).plain_background == pytest.approx(0.5, abs=0.05)


def test_only_the_border_tells_that_white_ends_in_the_picture(detector: FramingDetector) -> None:
    image, draw = canvas("#dde6f2")
    draw.rectangle((40, 40, 359, 359), fill="white")
    found = detector.read(as_picture(image))
    assert found.white_border == 0
    assert found.white_background > 0.5


@pytest.mark.parametrize("size", [(1, 1), (3, 400), (700, 20), (1280, 853)])
def test_any_size_can_be_read(detector: FramingDetector, size: tuple[int, int]) -> None:
    found = detector.read(as_picture(canvas("white", *size)[0]))
    assert found.mask.area == 0


def test_the_same_picture_gives_the_same_bytes(detector: FramingDetector) -> None:
    boxes = (100, 40, 299, 239), (20, 300, 60, 380)
    one, other = (json.dumps(asdict(read(detector, *boxes))) for _ in range(2))
    assert one == other


def test_the_version_follows_the_network(tmp_path: Path, detector: FramingDetector) -> None:
    changed = write_dark_is_salient(tmp_path / "changed.onnx")
    changed.write_bytes(changed.read_bytes().replace(b"tiny", b"else"))
    assert FramingDetector(changed).version != detector.version


def test_thin_masks_do_not_hide_the_background(detector: FramingDetector) -> None:
    found = read(detector, (0, 198, 399, 203))
    assert found.white_background == pytest.approx(1, abs=0.02)
    assert np.count_nonzero(found.mask.region().any(axis=0)) == 160
