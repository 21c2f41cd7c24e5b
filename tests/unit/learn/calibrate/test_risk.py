"""Recall in expectation, by conformal risk control."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.learn.calibrate.risk import Found, recall_threshold, shows_recall
from shelfguard.policy.pack import RecallGoal

GOAL = RecallGoal(recall=0.8)


def found(
    probabilities: np.ndarray, groups: list[str] | None = None, weights: float | np.ndarray = 1.0
) -> Found:
    count = len(probabilities)
    names = groups or [str(n) for n in range(count)]
    return Found(
        probabilities.astype(np.float32), names, np.broadcast_to(weights, count).astype(np.float32)
    )


def test_four_violations_are_the_fewest_that_show_a_recall_of_four_in_five() -> None:
    assert recall_threshold(found(np.array([0.2, 0.4, 0.6])), GOAL) is None
    assert recall_threshold(found(np.array([0.2, 0.4, 0.6, 0.8])), GOAL) == pytest.approx(0.2)


def test_without_violations_nothing_is_shown() -> None:
    nothing = found(np.zeros(0))
    assert recall_threshold(nothing, GOAL) is None
    assert not shows_recall(nothing, GOAL, 0.0)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=40), st.integers(0, 20))
def test_the_risk_never_falls_as_the_threshold_rises(scores: list[int], at: int) -> None:
    some = found(np.array(scores) / 20)
    assert some.risk(at / 20) <= some.risk((at + 1) / 20)


def test_the_expected_recall_of_a_new_violation_is_the_goal_s() -> None:
    rng = np.random.default_rng(0)
    recalls = []
    for _ in range(2000):
        threshold = recall_threshold(found(rng.random(30)), GOAL)
        assert threshold is not None
        recalls.append(1 - threshold)  # scores are uniform
    assert np.mean(recalls) >= 0.8
    assert np.mean(recalls) < 0.85


def test_copies_of_a_violation_are_one_draw() -> None:
    few, copies = np.array([0.2, 0.4, 0.6, 0.8]), np.tile([0.2, 0.4, 0.6], 10)
    assert recall_threshold(found(copies, [str(n % 3) for n in range(30)]), GOAL) is None
    assert recall_threshold(found(copies), GOAL) is not None
    repeated = found(np.repeat(few, 5), [str(n // 5) for n in range(20)])
    assert recall_threshold(repeated, GOAL) == recall_threshold(found(few), GOAL)


def test_grouped_draws_keep_the_expected_recall() -> None:
    """Violations of a seller score alike: counted one by one they would promise too much."""
    rng = np.random.default_rng(1)
    names = [str(n // 5) for n in range(60)]
    recalls = [
        1 - (recall_threshold(found(np.repeat(rng.random(12), 5), names), GOAL) or 0)
        for _ in range(1000)
    ]
    assert np.mean(recalls) >= 0.8


def test_weights_make_a_biased_draw_speak_for_the_population() -> None:
    """Low scores are drawn a quarter as often as high ones, and weigh four times as much."""
    rng = np.random.default_rng(2)
    recalls, blind = [], []
    for _ in range(200):
        scores = rng.random(120)
        kept = rng.random(120) < np.where(scores < 0.5, 0.25, 1.0)
        weights = np.where(scores[kept] < 0.5, 4.0, 1.0)
        recalls.append(1 - (recall_threshold(found(scores[kept], None, weights), GOAL) or 0))
        blind.append(1 - (recall_threshold(found(scores[kept]), GOAL) or 0))
    assert np.mean(recalls) >= 0.8
    assert np.mean(blind) < 0.7


def test_equal_weights_change_nothing() -> None:
    scores = np.linspace(0, 1, 37)
    heavy = recall_threshold(found(scores, None, 7), GOAL)
    assert heavy == recall_threshold(found(scores), GOAL)
