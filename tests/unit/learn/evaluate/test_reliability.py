"""Calibration: Brier score, calibration error and curve."""

from __future__ import annotations

import numpy as np
import pytest

from shelfguard.learn.evaluate.reliability import BINS, QUIET, reliability
from shelfguard.learn.evaluate.resampling import Resamples

RNG = np.random.default_rng(0)
SAID = RNG.random((2000, 2))
HONEST = (RNG.random(SAID.shape) < SAID).astype(float)


def test_honest_probabilities_lie_on_the_diagonal() -> None:
    found = reliability(HONEST, SAID, Resamples.of_rows(2000))
    assert found.expected_calibration_error.value < 0.03
    assert len(found.bins) == BINS + 1
    hits = [one.seen.low - 0.02 <= one.said <= one.seen.high + 0.02 for one in found.bins]
    assert all(hits)


def test_boasting_shows() -> None:
    boast = reliability(HONEST, np.sqrt(SAID), Resamples.of_rows(2000))
    assert boast.expected_calibration_error.value == pytest.approx(2 / 3 - 1 / 2, abs=0.03)
    assert all(one.said > one.seen.value for one in boast.bins[2:])


def test_bins_above_the_quiet_one_weigh_the_same() -> None:
    found = reliability(HONEST, SAID, Resamples.of_rows(2000))
    quiet, *loud = found.bins
    assert quiet.high == QUIET
    assert max(one.pairs for one in loud) <= 1.02 * min(one.pairs for one in loud)
    assert sum(one.pairs for one in found.bins) == SAID.size


def test_unknown_pairs_are_left_out() -> None:
    truth, said = HONEST.copy(), SAID.copy()
    truth[:, 1], said[0, 0] = np.nan, np.nan
    found = reliability(truth, said, Resamples.of_rows(2000))
    assert sum(one.pairs for one in found.bins) == 1999


def test_a_model_that_only_whispers_has_one_bin() -> None:
    said = np.full((50, 1), 0.001)
    (only,) = reliability(np.zeros((50, 1)), said, Resamples.of_rows(50)).bins
    assert (only.pairs, only.seen.value) == (50, 0)
