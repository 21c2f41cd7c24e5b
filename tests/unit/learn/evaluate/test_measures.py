"""Measures of ranking, decision and probability."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss

from shelfguard.learn.evaluate.measures import (
    average_precision,
    brier,
    clause_precision,
    every_clause_precision,
    every_clause_recall,
    flagged_share,
    gain,
    limit_at_false_positives,
    mean_clause_precision,
    pooled_precision,
    precision_at,
    recall_at,
    recall_at_false_positives,
)
from shelfguard.learn.evaluate.resampling import Measure

TRUTH = np.array([[1, 0], [0, 1], [0, 0], [0, 0]], np.int8)
PERFECT = np.array([[0.9, 0.1], [0.2, 0.8], [0.1, 0.1], [0.3, 0.2]], np.float32)
ALL = np.ones(4)
Tables = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""(truth, scores)"""
Make = Callable[[npt.NDArray[np.float32], npt.NDArray[np.float32]], Measure]

MEASURES: dict[str, Make] = {
    "pooled": pooled_precision,
    "mean": mean_clause_precision,
    "recall": lambda truth, scores: recall_at_false_positives(truth, scores, 0.3),
    "brier": brier,
    "precision": lambda truth, scores: precision_at(truth, scores >= 0.5),
    "flagged": lambda truth, scores: flagged_share(truth, scores >= 0.5),
}
TABLES = st.integers(0, 2**16).map(
    lambda seed: (
        (np.random.default_rng(seed).random((12, 3)) < 0.2).astype(np.float32),
        np.random.default_rng(seed + 1).integers(0, 6, (12, 3)).astype(np.float32) / 5,
    )
)


def only(*rows: int) -> npt.NDArray[np.float64]:
    """The weights under which these rows alone count."""
    return np.isin(np.arange(4), rows).astype(np.float64)


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
    innocent = only(0, 2, 3)
    assert isnan(clause_precision(TRUTH, PERFECT, 1)(innocent))
    assert mean_clause_precision(TRUTH, PERFECT)(innocent) == 1


def test_without_violations_nothing_can_be_measured() -> None:
    rows = only(2, 3)
    assert isnan(pooled_precision(TRUTH, PERFECT)(rows))
    assert isnan(mean_clause_precision(TRUTH, PERFECT)(rows))
    assert isnan(recall_at_false_positives(TRUTH, PERFECT, 0.01)(rows))
    assert isnan(recall_at_false_positives(TRUTH, PERFECT, 0.01)(only(0, 1)))


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
    assert measure(np.ones(2 * n)) <= share


def test_a_measure_gains_nothing_on_itself() -> None:
    measure = clause_precision(TRUTH, PERFECT, 0)
    assert gain(measure, measure)(ALL) == 0
    better, worse = pooled_precision(TRUTH, PERFECT), pooled_precision(TRUTH, -PERFECT)
    assert gain(better, worse)(ALL) > 0


@pytest.mark.parametrize("make", MEASURES.values(), ids=MEASURES)
@settings(max_examples=30)
@given(tables=TABLES)
def test_a_row_of_weight_two_is_a_row_that_stands_twice(make: Make, tables: Tables) -> None:
    truth, scores = tables
    twice = np.random.default_rng(int(scores.sum() * 5)).integers(1, 3, len(truth))
    repeated = np.repeat(np.arange(len(truth)), twice)
    weighted: Measure = make(truth, scores)
    copied: Measure = make(truth[repeated], scores[repeated])
    found = weighted(twice.astype(float))
    assert found == pytest.approx(copied(np.ones(len(repeated))), nan_ok=True)
    assert isnan(found) or 0 <= found <= 1 + 1e-12


@pytest.mark.parametrize("make", MEASURES.values(), ids=MEASURES)
@settings(max_examples=20)
@given(tables=TABLES, factor=st.floats(0.01, 100))
def test_only_relative_weights_count(make: Make, tables: Tables, factor: float) -> None:
    truth, scores = tables
    measure: Measure = make(truth, scores)
    ones = np.ones(len(truth))
    assert measure(ones) == pytest.approx(measure(factor * ones), nan_ok=True)


@given(TABLES)
def test_pairs_that_nobody_judged_are_left_out(tables: Tables) -> None:
    truth, scores = tables
    truth[3:, 1] = np.nan
    known = ~np.isnan(truth)
    expected = average_precision(truth[known], scores[known])
    found = pooled_precision(truth, scores)(np.ones(len(truth)))
    assert found == pytest.approx(expected, nan_ok=True)
    if known.any():
        error = brier_score_loss(truth[known], scores[known])
        assert brier(truth, scores)(np.ones(len(truth))) == pytest.approx(error)


def test_what_a_model_says_nothing_of_ranks_last() -> None:
    silent = np.where(TRUTH == 1, np.nan, PERFECT)
    assert pooled_precision(TRUTH, silent)(ALL) == pytest.approx(2 / 8)
    assert recall_at_false_positives(TRUTH, silent, 0.5)(ALL) == 0


def test_shares_are_taken_by_clause_too() -> None:
    found = np.array([[True, False], [False, False], [True, False], [False, False]])
    assert every_clause_recall(TRUTH, found)(ALL).tolist() == [1, 0]
    assert every_clause_precision(TRUTH, PERFECT)(ALL).tolist() == [1, 1]
    assert recall_at(TRUTH, found)(ALL) == 0.5
    assert precision_at(TRUTH, found)(ALL) == 0.5
    assert flagged_share(TRUTH, found)(ALL) == 0.5


@settings(max_examples=50)
@given(TABLES, st.sampled_from([0.0, 0.1, 0.5]))
def test_the_limit_flags_no_more_innocents_than_asked(tables: Tables, share: float) -> None:
    truth, scores = tables
    weights = np.ones(len(truth))
    innocent = (truth == 0).all(axis=1)
    limit = limit_at_false_positives(truth, scores, weights, share)
    if innocent.any():
        assert (scores[innocent] >= limit).any(axis=1).mean() <= share
    else:
        assert isnan(limit)
