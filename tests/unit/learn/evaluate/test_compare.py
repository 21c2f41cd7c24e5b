"""A challenger against a champion."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfguard.learn.evaluate.compare import Rival, compare
from tests.unit.learn.evaluate.subjects import part
from tests.unit.learn.rows import CLAUSE, CLAUSES, row

ROWS = [
    *(row(f"p{n}", "Brass knuckles", CLAUSE) for n in range(20)),
    *(row(f"h{n}", "Cure", CLAUSES[1], kind="positive") for n in range(20)),
    *(row(f"o{n}", "Lamp") for n in range(40)),
]
PART = part(ROWS)
NOISE = np.random.default_rng(0).random(PART.targets.shape).astype(np.float32) * 0.4
GOOD = 0.5 * PART.targets + NOISE


def rival(scores: npt.NDArray[np.float32]) -> Rival:
    return Rival(scores.astype(np.float32), scores >= 0.45)


def test_a_model_does_not_differ_from_itself() -> None:
    found = compare(PART, rival(GOOD), rival(GOOD))
    assert {found[name]["says"] for name in ("average_precision", "recall", "brier")} == {
        "no difference"
    }
    assert {one["says"] for one in found["clauses"].values()} == {"no difference"}


def test_a_model_that_lost_a_clause_is_worse_in_that_clause_alone() -> None:
    worse = GOOD.copy()
    worse[:, 0] = NOISE[:, 0]
    found = compare(PART, rival(worse), rival(GOOD))
    assert found["average_precision"]["says"] == "worse"
    assert found["recall"]["says"] == "worse"
    assert found["clauses"][CLAUSE]["says"] == "worse"
    assert found["clauses"][CLAUSES[1]]["says"] == "no difference"
    assert compare(PART, rival(GOOD), rival(worse))["clauses"][CLAUSE]["says"] == "better"


def test_a_clause_that_only_the_champion_judges_counts_against_the_challenger() -> None:
    silent = GOOD.copy()
    silent[:, 0] = np.nan
    found = compare(PART, rival(silent), rival(GOOD))
    assert found["clauses"][CLAUSE]["challenger"] == 0
    assert found["average_precision"]["says"] == "worse"


def test_one_seller_is_one_piece_of_evidence() -> None:
    """Twenty lost violations of a single group prove nothing."""
    worse = GOOD.copy()
    worse[:, 0] = 0
    found = compare(part(ROWS, group="s1"), rival(worse), rival(GOOD))
    assert found["clauses"][CLAUSE]["p_value"] == 1
    assert found["recall"]["says"] == "no difference"
