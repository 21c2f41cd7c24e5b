"""Thresholds solved from goals."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from shelfguard.learn.calibrate.thresholds import act_threshold, budget_threshold, review_threshold
from shelfguard.policy.pack import FlagBudget, PrecisionGoal, RecallGoal

GOAL = PrecisionGoal(precision=0.9, confidence=0.95)


def test_acting_alone_needs_enough_right_decisions() -> None:
    probabilities = np.linspace(0, 1, 400, dtype=np.float32)
    right = (probabilities >= 0.5).astype(np.float32)
    solved = act_threshold(probabilities, right, GOAL, least=0.0)
    assert solved.supported
    assert solved.threshold is not None
    assert 0.4 <= solved.threshold <= 0.6


def test_acting_alone_stays_within_the_flag_budget() -> None:
    probabilities = np.linspace(0, 1, 400, dtype=np.float32)
    right = (probabilities >= 0.5).astype(np.float32)
    solved = act_threshold(probabilities, right, GOAL, least=0.8)
    assert solved.threshold is not None
    assert solved.threshold >= 0.8
    assert not act_threshold(probabilities, right, GOAL, least=np.inf).supported


def test_few_decisions_support_no_threshold_and_the_reason_says_how_many_it_takes() -> None:
    solved = act_threshold(np.full(10, 0.99, np.float32), np.ones(10, np.float32), GOAL, 0.0)
    assert (solved.supported, solved.threshold) == (False, None)
    assert solved.reason is not None
    assert "needs 49 held-out decisions" in solved.reason


def test_wrong_decisions_support_no_threshold() -> None:
    probabilities = np.full(1000, 0.99, np.float32)
    labels = (np.arange(1000) % 2).astype(np.float32)
    assert not act_threshold(probabilities, labels, GOAL, 0.0).supported


@settings(max_examples=25)
@given(st.integers(0, 2**31))
def test_the_budget_holds_on_the_rows_it_was_solved_on(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ordinary, look_alike = rng.random(300, np.float32), rng.random(300, np.float32)
    budget = FlagBudget(ordinary=0.03, look_alike=0.12, confidence=0.9)
    threshold = budget_threshold(ordinary, look_alike, budget)
    assert (ordinary >= threshold).mean() <= 0.03
    assert (look_alike >= threshold).mean() <= 0.12


def test_the_budget_is_used_up() -> None:
    ordinary, look_alike = np.linspace(0, 1, 1000, dtype=np.float32), np.zeros(1000, np.float32)
    budget = FlagBudget(ordinary=0.04, look_alike=0.5, confidence=0.9)
    flagged = (ordinary >= budget_threshold(ordinary, look_alike, budget)).sum()
    assert binom.cdf(flagged, 1000, 0.04) <= 0.1 < binom.cdf(flagged + 1, 1000, 0.04)


def test_without_enough_innocent_rows_nothing_may_be_flagged() -> None:
    few = np.zeros(5, np.float32)
    assert budget_threshold(few, few, FlagBudget()) == np.inf


def test_a_recall_goal_is_supported_only_where_the_data_shows_it() -> None:
    goal = RecallGoal(recall=0.8, confidence=0.9)
    probabilities = np.full(40, 0.9, np.float32)
    labels = np.ones(40, np.float32)
    assert review_threshold(probabilities, labels, goal, 0.5).supported
    missed = review_threshold(probabilities, labels, goal, 0.95)
    assert not missed.supported
    assert missed.threshold == 0.95
    assert missed.reason is not None
    assert missed.reason.startswith("0 of 40")


def test_recall_and_precision_shown_hold_in_at_least_the_stated_share_of_draws() -> None:
    """Supported although the truth just misses the goal: at most once in 1 / (1 - confidence)."""
    rng = np.random.default_rng(0)
    recall, precision = RecallGoal(recall=0.8, confidence=0.9), PrecisionGoal(precision=0.9)
    wrong_recall = wrong_precision = 0
    for _ in range(500):
        score = rng.random(60, np.float32)  # of violations: below 0.2 is missed, a recall of 0.8
        shown = review_threshold(score, np.ones(60, np.float32), recall, 0.2001)
        wrong_recall += shown.supported
        right = (rng.random(300) < 0.899).astype(np.float32)  # everywhere a little too imprecise
        wrong_precision += act_threshold(rng.random(300, np.float32), right, precision, 0).supported
    assert wrong_recall / 500 <= 0.1
    assert wrong_precision / 500 <= 0.05
