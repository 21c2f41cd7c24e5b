"""The trial of the framing detector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfguard.images.framing import FramingDetector
from shelfguard.learn.pictures.robustness.framing import overlap, subject
from shelfguard.learn.pictures.robustness.trial import Trial, rows
from tests.unit.images.drawing import as_picture, canvas
from tests.unit.images.graphs import write_dark_is_salient


def test_a_product_is_followed_to_where_it_went(tmp_path: Path) -> None:
    image, draw = canvas(width=320, height=240)
    draw.ellipse((100, 60, 220, 190), fill="black")
    detector = FramingDetector(write_dark_is_salient(tmp_path / "dark.onnx"))
    (row,) = rows(Trial({"dark": ""}, [subject(detector, "dark", "a", as_picture(image))]))
    for name in ("unchanged", "crop", "half size", "JPEG", "mirror", "rotation"):
        assert row.shares[name].value == 1, name
    assert row.shares["border"].value == 0  # the frame is dark, too


def test_without_a_product_nothing_is_asked(tmp_path: Path) -> None:
    detector = FramingDetector(write_dark_is_salient(tmp_path / "dark.onnx"))
    white = subject(detector, "dark", "a", as_picture(canvas()[0]))
    (row,) = rows(Trial({"dark": ""}, [white]))
    assert row.things == 0


def test_overlap_is_the_common_share_of_both() -> None:
    one, other = np.zeros((2, 4, 4), bool)
    one[:, :2], other[:, 1:3] = True, True
    assert overlap(one, other) == pytest.approx(1 / 3)
    assert overlap(one, one) == 1
