"""What a student loses of its teacher's finds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from shelfguard.learn.compress.recall_loss import CONFIDENCE, Kept, at_least, recall_loss

Floats = npt.NDArray[np.float32]
CLAUSES = ["CA-HLT-002", "CA-WPN-001"]


def rows(count: int = 400, seed: int = 0) -> tuple[Floats, Floats]:
    """(truth, a good teacher's probabilities)"""
    rng = np.random.default_rng(seed)
    truth = (rng.random((count, 2)) < 0.1).astype(np.float32)
    return truth, np.clip(0.8 * truth + 0.2 * rng.random((count, 2)), 0, 1).astype(np.float32)


def test_a_student_that_agrees_loses_nothing() -> None:
    truth, teacher = rows()
    loss = recall_loss(teacher, teacher, truth, CLAUSES)
    assert all(kept.share == 1 for kept in loss.flagged.values())
    assert all(kept.at_least < 1 for kept in loss.flagged.values())
    assert loss.closed[0.97] > 0.9


def test_thresholds_are_each_models_own() -> None:
    """A student on another scale, with the same order, loses nothing."""
    truth, teacher = rows()
    loss = recall_loss(teacher, np.float32(0.001) * teacher, truth, CLAUSES)
    assert all(kept.share == 1 for kept in loss.flagged.values())


def test_a_student_that_is_blind_to_a_clause_loses_it_all_and_the_clause_is_named() -> None:
    truth, teacher = rows()
    blind = teacher.copy()
    blind[:, 1] = 0
    loss = recall_loss(teacher, blind, truth, CLAUSES)
    worst = loss.worst(0.05)
    assert worst is not None
    assert (worst[0], worst[1].kept) == (CLAUSES[1], 0)
    assert loss.clauses[0.05][CLAUSES[0]].share == 1


def test_only_what_the_teacher_finds_can_be_lost() -> None:
    truth, teacher = rows()
    loss = recall_loss(np.zeros_like(teacher), teacher, truth, CLAUSES)
    assert all(kept.found == 0 for kept in loss.flagged.values())
    assert loss.worst(0.05) is None
    assert loss.closed == {}


def test_of_a_clause_that_the_teacher_does_not_know_nothing_can_be_lost() -> None:
    truth, teacher = rows()
    silent = teacher.copy()
    silent[:, 1] = np.nan
    loss = recall_loss(silent, teacher, truth, CLAUSES)
    assert list(loss.clauses[0.2]) == [CLAUSES[0]]
    assert loss.flagged[0.2].found > 0


def test_a_student_that_cannot_tell_closes_nothing() -> None:
    truth, teacher = rows()
    loss = recall_loss(teacher, np.zeros_like(teacher), truth, CLAUSES)
    assert set(loss.closed.values()) == {0.0}
    assert all(kept.kept == 0 for kept in loss.flagged.values())


def test_the_bound_is_that_of_clopper_and_pearson() -> None:
    assert at_least(10, 10) == pytest.approx(0.05**0.1)
    assert at_least(0, 10) == 0


@given(st.integers(1, 300), st.data())
def test_at_the_bound_so_many_hits_would_be_a_surprise(total: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(1, total))
    bound = Kept(total, hits).at_least
    assert 0 < bound <= hits / total
    assert binom.sf(hits - 1, total, bound) == pytest.approx(1 - CONFIDENCE, abs=1e-6)


def test_metrics_are_flat_numbers() -> None:
    truth, teacher = rows()
    metrics = recall_loss(teacher, teacher, truth, CLAUSES).metrics()
    assert metrics["kept_at_0.05"] == 1
    assert 0.9 < metrics["kept_at_0.05_least"] < 1
    assert all(isinstance(value, float) for value in metrics.values())
