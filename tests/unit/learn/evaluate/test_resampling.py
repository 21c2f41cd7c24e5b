"""Intervals from resamples that keep groups together."""

from __future__ import annotations

import time

import numpy as np
import pytest

from shelfguard.learn.evaluate.measures import (
    every_clause_precision,
    pooled_precision,
    ratio,
    recall_at_false_positives,
)
from shelfguard.learn.evaluate.resampling import (
    RESAMPLES,
    Estimate,
    Resamples,
    bootstrap,
    draws,
    estimate,
    estimates,
)

VALUES = np.random.default_rng(0).random(200)
MEAN = ratio(VALUES, np.ones(200))


def test_a_bootstrap_holds_the_value_and_repeats_itself() -> None:
    found = bootstrap(MEAN, Resamples.of_rows(200))
    assert found.value == pytest.approx(VALUES.mean())
    assert found.low < found.value < found.high
    spread = 2 * 1.96 * VALUES.std() / np.sqrt(200)
    assert found.high - found.low == pytest.approx(spread, rel=0.15)
    assert bootstrap(MEAN, Resamples.of_rows(200)) == found


def test_copies_within_a_group_are_no_new_evidence() -> None:
    """Ten copies of each row: the interval stays as wide where groups are known."""
    copied = ratio(np.repeat(VALUES, 10), np.ones(2000))
    names = [str(number) for number in np.repeat(np.arange(200), 10)]
    alone = bootstrap(MEAN, Resamples.of_rows(200))
    grouped = bootstrap(copied, Resamples.of_groups(np.ones(2000), names))
    naive = bootstrap(copied, Resamples.of_rows(2000))
    assert grouped.high - grouped.low == pytest.approx(alone.high - alone.low, rel=0.15)
    assert naive.high - naive.low < 0.5 * (grouped.high - grouped.low)


def test_rows_seldom_sampled_count_for_those_left_out() -> None:
    """All violations kept, one innocent in ten: weights bring the share back."""
    labels = np.r_[np.ones(100), np.zeros(90)]
    weights = np.r_[np.ones(100), np.full(90, 10.0)]
    names = [str(number) for number in range(190)]
    found = bootstrap(ratio(labels, np.ones(190)), Resamples.of_groups(weights, names))
    assert found.value == pytest.approx(0.1)
    assert found.low < 0.1 < found.high


def test_resamples_without_the_measure_are_left_out_of_the_interval() -> None:
    drawn = np.array([0.5, np.nan, 0.4, 0.6])
    assert estimate(drawn).low == pytest.approx(0.405)
    assert np.isnan(estimate(np.array([np.nan, 0.1])).low)


def test_a_measure_of_many_numbers_has_an_estimate_each() -> None:
    two = ratio(np.stack([VALUES, 1 - VALUES], axis=1), np.ones((200, 2)))
    first, second = estimates(draws(two, Resamples.of_rows(200)))
    assert first.value + second.value == pytest.approx(1)
    assert first == pytest.approx(bootstrap(MEAN, Resamples.of_rows(200)))


def test_there_are_as_many_draws_as_said() -> None:
    assert draws(MEAN, Resamples.of_rows(200)).shape == (1 + RESAMPLES,)
    assert Resamples.of_groups([1, 1, 1], ["a", "b", "a"]).group_count == 2


def test_many_clauses_take_seconds() -> None:
    rng = np.random.default_rng(1)
    truth, scores = (rng.random((800, 65)) < 0.01).astype(float), rng.random((800, 65))
    started = time.process_time()
    for measure in (
        pooled_precision(truth, scores),
        every_clause_precision(truth, scores),
        recall_at_false_positives(truth, scores, 0.01),
    ):
        draws(measure, Resamples.of_rows(800))
    assert time.process_time() - started < 20


def test_an_estimate_reads_as_text() -> None:
    assert str(Estimate(0.5, 0.25, 0.75)) == "0.500 (0.250 to 0.750)"
