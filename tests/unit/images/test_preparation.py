"""Pictures as networks want them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.preparation import Fit, Preparation
from tests.unit.images.drawing import canvas, pixels_of

SIDES = st.integers(1, 60)


@settings(deadline=None)
@given(SIDES, SIDES, st.sampled_from(Fit))
def test_a_picture_of_any_size_becomes_a_square(width: int, height: int, fit: Fit) -> None:
    pixels = np.full((height, width, 3), 200, np.uint8)
    tensor = Preparation(8, (200.0,) * 3, (1.0,) * 3, fit).tensor(pixels)
    assert tensor.shape == (1, 3, 8, 8)
    assert tensor.dtype == np.float32
    assert not tensor.any()


def test_channels_come_first_less_their_mean_and_over_their_deviation() -> None:
    preparation = Preparation(4, mean=(10.0, 20.0, 30.0), deviation=(2.0, 4.0, 5.0))
    tensor = preparation.tensor(np.full((9, 9, 3), (30, 60, 80), np.uint8))
    assert tensor[0, :, 0, 0].tolist() == [10.0, 10.0, 10.0]


@pytest.mark.parametrize(
    ("fit", "red"), [(Fit.SQUASHED, 0.5), (Fit.CENTRED, 1.0), (Fit.PADDED, 0.25)]
)
def test_a_wide_picture_is_squashed_cut_or_padded(fit: Fit, red: float) -> None:
    image, draw = canvas("black", 80, 40)
    draw.rectangle((20, 0, 59, 39), fill="red")
    prepared = Preparation(64, (0.0,) * 3, (255.0,) * 3, fit).tensor(pixels_of(image))
    assert prepared[0, 0].mean() == pytest.approx(red, abs=0.02)
