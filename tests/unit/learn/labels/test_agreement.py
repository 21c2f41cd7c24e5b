"""Agreement beyond chance, held to the figures of crowd-kit and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from shelfguard.learn.labels.agreement import cohen_kappa, krippendorff_alpha


def test_alpha_is_that_of_crowd_kit() -> None:
    data = pytest.importorskip("crowdkit.metrics.data")
    pandas = pytest.importorskip("pandas")
    rng = np.random.default_rng(7)
    answered = rng.random((40, 4)) < 0.6
    questions, annotators = np.nonzero(answered)
    answers = rng.choice(3, len(questions), p=[0.6, 0.3, 0.1])
    frame = pandas.DataFrame({"task": questions, "worker": annotators, "label": answers})
    expected = data.alpha_krippendorff(frame)
    assert krippendorff_alpha(questions, questions, answers).value == pytest.approx(expected)


def test_kappa_is_that_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(7)
    first = rng.choice(3, 80)
    second = np.where(rng.random(80) < 0.6, first, rng.choice(3, 80))
    expected = metrics.cohen_kappa_score(first, second)
    kappa = cohen_kappa(first, second, np.arange(80))
    assert kappa.value == pytest.approx(expected)
    assert kappa.low < expected < kappa.high


def test_questions_on_one_listing_are_one_piece_of_evidence() -> None:
    rng = np.random.default_rng(7)
    first = np.repeat(rng.integers(2, size=30), 10)
    second = np.repeat(rng.integers(2, size=30), 10)
    apart = cohen_kappa(first, second, np.arange(300))
    together = cohen_kappa(first, second, np.repeat(np.arange(30), 10))
    assert apart.value == pytest.approx(together.value)
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_answers_that_never_vary_define_no_agreement() -> None:
    same = np.ones(10, np.int64)
    assert np.isnan(cohen_kappa(same, same, np.arange(10)).value)
    assert np.isnan(krippendorff_alpha(np.arange(10) // 2, np.arange(10) // 2, same).value)
    nobody = np.empty(0, np.int64)
    assert str(krippendorff_alpha(nobody, nobody, nobody)) == "unknown"
