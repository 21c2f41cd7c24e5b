"""Calibrating on held-out rows."""

from __future__ import annotations

import numpy as np
import pytest

from shelfguard.learn.calibrate.cascade import calibrate
from shelfguard.learn.registry.pin import pin_models
from shelfguard.learn.train.student import Document, train
from shelfguard.models.student import NEAR
from shelfguard.policy.calibration import Calibration, read_calibration
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from tests.unit.learn.rows import CLAUSE, ROWS, look_alike, row
from tests.unit.policy.tinypack import TinyPack

HELD_OUT = [
    *(row(f"w{n}", f"brass knuckle set number {n}", CLAUSE) for n in range(40)),
    *(look_alike(f"k{n}", f"knuckle pendant number {n}") for n in range(40)),
    *(row(f"o{n}", f"cotton towel number {n}") for n in range(80)),
]


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


def test_every_stage_says_how_it_was_scaled_and_what_the_other_methods_lost(pack: Pack) -> None:
    scaling = calibration(pack).data["scaling"]["student"]
    assert set(scaling["log_loss"]) == {"platt", "temperature", "isotonic"}
    assert scaling["log_loss"][scaling["method"]] < 2 * min(scaling["log_loss"].values())


def test_exits_carry_a_bound_on_the_violations_that_they_let_through(pack: Pack) -> None:
    student, whole = calibration(pack).data["exits"]
    assert (student["stage"], whole["stage"]) == ("student", "cascade")
    assert student["of_all"]["of"] == 40
    assert student["of_all"]["missed"] / 40 < student["of_all"]["at_most"] <= 1


def test_few_rows_show_a_recall_on_average_before_they_show_it_with_confidence(
    pack: Pack,
) -> None:
    found = calibration(pack)
    shown = [name for name, solved in found.clauses.items() if solved.review.supported]
    assert set(shown) <= set(found.data["recall_on_average"])
