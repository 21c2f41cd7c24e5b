"""Calibrating on held-out rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from shelfguard.learn.calibrate.cascade import calibrate, fit_log_odds
from shelfguard.learn.registry.pin import pin_models
from shelfguard.learn.train.student import Document, train
from shelfguard.models.student import NEAR
from shelfguard.policy.calibration import Calibration, read_calibration
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from tests.unit.learn.rows import CLAUSE, ROWS, look_alike, row
from tests.unit.policy.tinypack import TinyPack

Floats = npt.NDArray[np.float32]

HELD_OUT = [
    *(row(f"w{n}", f"brass knuckle set number {n}", CLAUSE) for n in range(40)),
    *(look_alike(f"k{n}", f"knuckle pendant number {n}") for n in range(40)),
    *(row(f"o{n}", f"cotton towel number {n}") for n in range(80)),
]


def simulated(rows: int = 4000, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """(features [rows, 1, 2], truth [rows, 1], true probability [rows, 1])"""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, 1, 2)).astype(np.float32)
    probability = 1 / (1 + np.exp(-(0.5 * features[..., 0] + 2 * features[..., 1] - 1)))
    truth = (rng.random((rows, 1)) < probability).astype(np.float32)
    return features, truth, probability.astype(np.float32)


def test_the_fit_finds_the_weights_behind_the_labels() -> None:
    features, truth, _ = simulated()
    stage = fit_log_odds(features, truth, ["a"]).log_odds
    assert stage.student == pytest.approx(0.5, abs=0.15)
    assert stage.transformer == pytest.approx(2, abs=0.25)
    assert stage.offset + stage.clauses["a"] == pytest.approx(-1, abs=0.15)


def test_a_clause_that_is_violated_more_often_than_its_scores_say_has_an_offset() -> None:
    common, truth, probability = simulated()
    features = np.concatenate([common, common], axis=1)
    often = (probability > 0.2).astype(np.float32)
    truth = np.concatenate([truth, often], axis=1)
    stage = fit_log_odds(features, truth, ["a", "b"]).log_odds
    assert stage.clauses["b"] > stage.clauses["a"] + 0.3


def test_probabilities_are_calibrated() -> None:
    features, truth, expected = simulated()
    fit = fit_log_odds(features, truth, ["a"])
    assert np.abs(fit.probabilities - expected).mean() < 0.02
    assert fit.brier == pytest.approx(float((expected * (1 - expected)).mean()), abs=0.01)


def test_a_row_does_not_choose_its_own_probability() -> None:
    """Turning one row's label over leaves its out-of-fold probability as it was."""
    features, truth, _ = simulated(rows=60)
    before = fit_log_odds(features, truth, ["a"]).probabilities
    truth[7] = 1 - truth[7]
    after = fit_log_odds(features, truth, ["a"]).probabilities
    assert after[7] == before[7]
    assert (after != before).any()


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The tiny pack with a student, calibrated on rows that the student has not seen."""
    root = tmp_path_factory.mktemp("pack")
    TinyPack(root)
    (root / "models").mkdir()
    rows = [row for row in ROWS if row.violates in ([], [CLAUSE])]
    documents = [Document([row.title], frozenset()) for row in rows]
    targets = np.array([[bool(r.violates), r.near is not None] for r in rows], np.float32)
    train(documents, targets, [CLAUSE, NEAR]).save(root / "models/student.npz")
    pin_models(load_pack(root))
    calibrate(load_pack(root), HELD_OUT, root / "no catalogs")
    return load_pack(root)


def calibration(pack: Pack) -> Calibration:
    found = read_calibration(pack)
    assert found
    return found


def test_a_calibration_counts_the_rows_it_rests_on(pack: Pack) -> None:
    data = calibration(pack).data
    assert (data["rows"], data["violating"], data["look_alike"], data["ordinary"]) == (
        160,
        40,
        40,
        80,
    )
    assert data["real"] == 0


def test_the_flag_budget_holds_on_the_held_out_rows(pack: Pack) -> None:
    data = calibration(pack).data
    assert data["flagged_look_alike"] <= pack.manifest.budget.look_alike
    assert 0 <= data["brier"] < 0.25


def test_a_goal_that_few_rows_cannot_show_is_not_supported_and_says_why(pack: Pack) -> None:
    solved = calibration(pack).clauses[CLAUSE]
    assert (solved.act.supported, solved.act.threshold) == (False, None)
    assert "there are 40 violations" in (solved.act.reason or "")
    assert solved.stale(pack.clauses[CLAUSE]) == []


def test_the_same_rows_give_the_same_calibration(pack: Pack) -> None:
    file = pack.root / "models/calibration.json"
    once = file.read_bytes()
    calibrate(pack, HELD_OUT, pack.root / "no catalogs")
    assert file.read_bytes() == once
