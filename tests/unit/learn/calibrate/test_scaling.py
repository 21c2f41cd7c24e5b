"""From raw log-odds to probabilities, by the method that predicts best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.calibrate.scaling import (
    Method,
    Sample,
    fit_isotonic,
    fit_methods,
    fit_platt,
    knots,
    scale,
)

Floats = npt.NDArray[np.float32]


def sample(features: Floats, truth: Floats) -> Sample:
    """Rows each of its own group, all drawn with one probability."""
    names = [f"clause {number}" for number in range(truth.shape[1])]
    groups = [str(row) for row in range(len(truth))]
    return Sample(names, features, truth, groups, np.ones(len(truth), np.float32))


def simulated(rows: int = 4000, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """(features [rows, 1, 2], truth [rows, 1], true probability [rows, 1])"""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, 1, 2)).astype(np.float32)
    probability = 1 / (1 + np.exp(-(0.5 * features[..., 0] + 2 * features[..., 1] - 1)))
    truth = (rng.random((rows, 1)) < probability).astype(np.float32)
    return features, truth, probability.astype(np.float32)


def two_sorts(rows: int = 6000) -> Sample:
    """Scores whose true probability is a step: no straight line in log-odds fits it."""
    rng = np.random.default_rng(0)
    scores = rng.uniform(-6, 6, (rows, 1, 1)).astype(np.float32)
    probability = np.where(scores[..., 0] < 2, 0.02, 0.6)
    return sample(scores, (rng.random((rows, 1)) < probability).astype(np.float32))


def test_platt_finds_the_weights_behind_the_labels() -> None:
    features, truth, _ = simulated()
    fit = fit_platt(sample(features, truth))
    assert fit.student == pytest.approx(0.5, abs=0.15)
    assert fit.transformer == pytest.approx(2, abs=0.25)
    assert fit.offset + fit.clauses["clause 0"] == pytest.approx(-1, abs=0.15)


def test_a_clause_that_is_violated_more_often_than_its_scores_say_has_an_offset() -> None:
    common, truth, probability = simulated()
    features = np.concatenate([common, common], axis=1)
    often = (probability > 0.2).astype(np.float32)
    fit = fit_platt(sample(features, np.concatenate([truth, often], axis=1)))
    assert fit.clauses["clause 1"] > fit.clauses["clause 0"] + 0.3


def test_probabilities_are_calibrated() -> None:
    features, truth, expected = simulated()
    scaled = scale(sample(features, truth))
    assert np.abs(scaled.probabilities - expected).mean() < 0.02
    assert scaled.brier == pytest.approx(float((expected * (1 - expected)).mean()), abs=0.01)


def test_a_row_does_not_choose_its_own_probability_nor_that_of_its_group() -> None:
    """Turning one row's label over leaves the out-of-fold probabilities of its group."""
    features, truth, _ = simulated(rows=800)
    groups = [str(row // 2) for row in range(800)]
    before = scale(replace(sample(features, truth), groups=groups))
    truth[7] = 1 - truth[7]
    after = scale(replace(sample(features, truth), groups=groups))
    assert before.method is after.method
    assert (after.probabilities[6:8] == before.probabilities[6:8]).all()
    assert (after.probabilities != before.probabilities).any()


def test_straight_log_odds_are_left_to_platt_and_bent_ones_to_isotonic() -> None:
    features, truth, _ = simulated()
    assert scale(sample(features, truth)).method is Method.PLATT
    bent = scale(two_sorts())
    assert bent.method is Method.ISOTONIC
    assert bent.losses[Method.ISOTONIC] < bent.losses[Method.PLATT] - 0.01


def test_scores_that_are_merely_too_sure_need_a_temperature_alone() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 6, (300, 40, 1)).astype(np.float32)
    truth = rng.random((300, 40)) < 1 / (1 + np.exp(-scores[..., 0] / 3))
    scaled = scale(sample(scores, truth.astype(np.float32)))
    assert scaled.method is Method.TEMPERATURE
    assert scaled.log_odds.student == pytest.approx(1 / 3, abs=0.02)
    assert (scaled.log_odds.offset, scaled.log_odds.clauses) == (0, {})


def test_isotonic_keeps_the_order_of_all_listings() -> None:
    bent = two_sorts()
    curve = fit_isotonic(bent, fit_platt(bent))
    grid = np.linspace(-20, 20, 2001, dtype=np.float32)[:, None]
    log_odds = curve.log_odds(bent.names, grid, 0.0)[:, 0]
    assert (np.diff(log_odds) > 0).all()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=40))
def test_knots_always_increase(pairs: list[tuple[int, bool]]) -> None:
    scores, truth = np.array(pairs, float).T
    found = np.array(knots(scores, truth, np.ones(len(pairs))))
    assert len(found)
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=0) > 0).all()


def test_what_nobody_knows_is_not_learned_from() -> None:
    features, truth, _ = simulated(rows=400)
    doubled = np.concatenate([features, features])
    unknown = np.concatenate([truth, np.full_like(truth, np.nan)])
    once, again = fit_methods(sample(features, truth)), fit_methods(sample(doubled, unknown))
    assert once == again


def test_a_row_drawn_with_half_the_probability_counts_twice() -> None:
    features, truth, _ = simulated(rows=400)
    twice = replace(sample(features, truth), weights=np.full(400, 2, np.float32))
    copied = sample(np.concatenate([features] * 2), np.concatenate([truth] * 2))
    assert fit_platt(twice).student == pytest.approx(fit_platt(copied).student, abs=1e-3)


def test_too_little_to_calibrate_on_is_refused() -> None:
    features, truth, _ = simulated(rows=40)
    with pytest.raises(DataError, match="40 groups of rows and 0 violations"):
        scale(sample(features, np.zeros_like(truth)))
    with pytest.raises(DataError, match="1 groups"):
        scale(replace(sample(features, truth), groups=["a"] * 40))
