"""Measures and their intervals."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from shelfguard.learn.evaluate.measures import (
    Estimate,
    average_precision,
    bootstrap,
    clause_precision,
    gain,
    mean_clause_precision,
    pooled_precision,
    recall_at_false_positives,
)

TRUTH = np.array([[1, 0], [0, 1], [0, 0], [0, 0]], np.int8)
PERFECT = np.array([[0.9, 0.1], [0.2, 0.8], [0.1, 0.1], [0.3, 0.2]], np.float32)
ALL = np.arange(4)


def test_a_perfect_ranking_has_precision_one_everywhere() -> None:
    assert pooled_precision(TRUTH, PERFECT)(ALL) == 1
    assert mean_clause_precision(TRUTH, PERFECT)(ALL) == 1
    assert [clause_precision(TRUTH, PERFECT, clause)(ALL) for clause in (0, 1)] == [1, 1]


def test_average_precision_is_the_mean_precision_at_each_violation() -> None:
    truth = np.array([[1], [0], [1], [0]], np.int8)
    scores = np.array([[0.9], [0.8], [0.7], [0.1]], np.float32)
    assert pooled_precision(truth, scores)(ALL) == pytest.approx((1 / 1 + 2 / 3) / 2)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=40))
def test_average_precision_is_that_of_scikit_learn(pairs: list[tuple[bool, int]]) -> None:
    truth = np.array([violates for violates, _ in pairs], np.int8)
    scores = np.array([score for _, score in pairs], np.float32)
    expected = average_precision_score(truth, scores) if truth.any() else float("nan")
    assert average_precision(truth, scores) == pytest.approx(expected, nan_ok=True)


def test_a_clause_without_a_violation_has_no_precision_and_does_not_count() -> None:
    innocent = np.array([0, 2, 3])
    assert isnan(clause_precision(TRUTH, PERFECT, 1)(innocent))
    assert mean_clause_precision(TRUTH, PERFECT)(innocent) == 1


def test_without_violations_nothing_can_be_measured() -> None:
    rows = np.array([2, 3])
    assert isnan(pooled_precision(TRUTH, PERFECT)(rows))
    assert isnan(mean_clause_precision(TRUTH, PERFECT)(rows))
    assert isnan(recall_at_false_positives(TRUTH, PERFECT, 0.01)(rows))
    assert isnan(recall_at_false_positives(TRUTH, PERFECT, 0.01)(np.array([0, 1])))


def test_recall_counts_violations_under_the_right_clause() -> None:
    wrong_clause = PERFECT[:, ::-1]
    assert recall_at_false_positives(TRUTH, PERFECT, 0.01)(ALL) == 1
    assert recall_at_false_positives(TRUTH, wrong_clause, 0.01)(ALL) == 0


@settings(max_examples=50)
@given(st.integers(1, 300), st.integers(0, 1000), st.sampled_from([0.01, 0.05, 0.2]))
def test_recall_is_measured_within_the_share_of_innocents(n: int, seed: int, share: float) -> None:
    """With every innocent listing copied as a violation, recall is the share that is flagged."""
    scores = np.random.default_rng(seed).random((n, 1), np.float32)
    truth = np.repeat(np.array([[0], [1]], np.int8), n, axis=0)
    measure = recall_at_false_positives(truth, np.vstack([scores, scores]), share)
    assert measure(np.arange(2 * n)) <= share


def test_a_bootstrap_holds_the_value_and_repeats_itself() -> None:
    rng = np.random.default_rng(0)
    values = rng.random(200)

    def mean(rows: np.ndarray) -> float:
        return float(values[rows].mean())

    estimate = bootstrap(mean, np.arange(200))
    assert estimate.value == pytest.approx(values.mean())
    assert estimate.low < estimate.value < estimate.high
    spread = 2 * 1.96 * values.std() / np.sqrt(200)
    assert estimate.high - estimate.low == pytest.approx(spread, rel=0.15)
    assert bootstrap(mean, np.arange(200)) == estimate


def test_resamples_without_the_measure_are_left_out_of_the_interval() -> None:
    truth = np.array([[1], [0], [0]], np.int8)
    scores = np.array([[0.9], [0.5], [0.1]], np.float32)
    estimate = bootstrap(clause_precision(truth, scores, 0), np.arange(3))
    assert estimate == Estimate(1, 1, 1)


def test_a_measure_gains_nothing_on_itself() -> None:
    measure = clause_precision(TRUTH, PERFECT, 0)
    assert gain(measure, measure)(ALL) == 0
    better, worse = pooled_precision(TRUTH, PERFECT), pooled_precision(TRUTH, -PERFECT)
    assert gain(better, worse)(ALL) > 0


def test_an_estimate_reads_as_text() -> None:
    assert str(Estimate(0.5, 0.25, 0.75)) == "0.500 (0.250 to 0.750)"
