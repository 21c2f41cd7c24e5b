"""What reviewers would find in the hours that they have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from shelfguard.decision import Decisions
from shelfguard.learn.evaluate.deciding import stages
from shelfguard.learn.evaluate.reviewing import reviewing
from shelfguard.learn.evaluate.subject import Judgement, Subject
from tests.unit.learn.evaluate.subjects import subject
from tests.unit.learn.rows import CLAUSE, CLAUSES, row

VIOLATING, ALL = 10, 40


@pytest.fixture
def decided() -> Subject:
    """Ten violations, likelier than the innocents; everything is flagged, in one heap."""
    rows = [row(f"r{n}", f"thing {n}", CLAUSE if n < VIOLATING else None) for n in range(ALL)]
    scores = np.zeros((ALL, len(CLAUSES)), np.float32)
    scores[:, CLAUSES.index(CLAUSE)] = np.where(np.arange(ALL) < VIOLATING, 0.9, 0.6)
    plain = subject(rows, scores)
    settled = ["encoder"] * VIOLATING + ["student"] * (ALL - VIOLATING)
    table = pa.table({"outcome": ["review"] * ALL, "stage": settled})
    seconds, reached = {"student": 0.1, "encoder": 1.0}, {"student": ALL, "encoder": VIOLATING}
    decisions = Decisions(table, tuple(CLAUSES), scores, seconds, reached)
    return replace(plain, judgement=Judgement(scores, decisions))


def test_a_choice_by_probability_sees_more_than_a_heap_in_its_order(decided: Subject) -> None:
    found = reviewing(decided)
    assert found is not None
    quarter = next(one for one in found if one["share"] == 0.25)
    assert quarter["cases"] == VIOLATING
    assert quarter["allocated"].value == 1
    assert quarter["fixed"].value < 1


def test_a_model_without_decisions_has_no_queue() -> None:
    assert reviewing(subject([row("a", "thing")], [[0.1] * len(CLAUSES)])) is None


def test_the_share_that_reaches_a_stage_has_an_interval(decided: Subject) -> None:
    encoder = stages(decided, {"encoder": 3600.0})["encoder"]
    assert encoder["reached"].value == pytest.approx(VIOLATING / ALL)
    assert encoder["reached"].low < VIOLATING / ALL < encoder["reached"].high
    assert encoder["core_hours_per_million"][0] == pytest.approx(0.25)
    assert encoder["measured_ms"] == pytest.approx(100)
