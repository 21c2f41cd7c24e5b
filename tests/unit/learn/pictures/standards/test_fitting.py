"""Step functions learned from numbers."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn")

from shelfguard.images.standards import QUALITY
from shelfguard.learn.pictures.standards.fitting import Sum, fit, platt
from tests.unit.learn.pictures.standards.rows import blurred_and_sharp


@pytest.fixture(scope="module")
def found() -> Sum:
    return fit(QUALITY, blurred_and_sharp(120, seed=1))


def test_what_tells_violations_apart_is_learned(found: Sum) -> None:
    unseen = blurred_and_sharp(90, seed=2)
    log_odds = found.log_odds(unseen)
    assert log_odds[unseen.labels == 1].min() > log_odds[unseen.labels == 0].max()


def test_no_number_speaks_for_innocence(found: Sum) -> None:
    assert all(ramp.weight >= 0 for ramp in found.terms.values())
    assert found.terms["focus"].weight == max(ramp.weight for ramp in found.terms.values())


def test_what_keeps_every_rule_is_likely_innocent(found: Sum) -> None:
    assert found.bias < 0


def test_the_same_rows_give_the_same_sum(found: Sum) -> None:
    assert fit(QUALITY, blurred_and_sharp(120, seed=1)) == found


def test_scaling_keeps_the_order_of_rows(found: Sum) -> None:
    rows = blurred_and_sharp(60, seed=3)
    before, after = found.log_odds(rows), found.scaled(0.5, 1.0).log_odds(rows)
    assert np.allclose(after, before * 0.5 + 1.0, atol=1e-3)


def test_platt_scaling_makes_probabilities_of_log_odds() -> None:
    log_odds = np.linspace(-4, 4, 200)
    labels = (np.arange(200) % 2 == 0).astype(np.float32)
    assert platt(log_odds, labels).predict_proba([[9.0]])[0, 1] == pytest.approx(0.5, abs=0.05)
