"""Each gate on its own: what it lets through, what it stops, and the numbers it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.learn.registry.cascades import make_cascade, make_pack

pytest.importorskip("scipy")

from shelfguard.engine import Engine
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.registry import gates
from shelfguard.learn.registry.compare import (
    AttackRecall,
    Difference,
    GateFigures,
    Latency,
    compare,
)
from shelfguard.learn.registry.gates import GATES, NAMES, Evidence, Gate, Limits, judge
from shelfguard.learn.registry.significance import Change
from shelfguard.policy.interval import Share
from shelfguard.policy.load import with_models
from shelfguard.policy.pack import FlagBudget
from shelfguard.policy.rows import read_cases

RECORD = ModelRecord(
    name="tiny",
    kind="cascade",
    clauses=["A"],
    pack="tiny@1",
    dataset="d1",
    recipe={},
    seed=1,
    smoke=False,
    environment={},
    commit=None,
    files={},
)
SAME = Difference(champion=0.8, challenger=0.8, low=-0.1, high=0.1)


@dataclass
class Audit:
    clean: bool


def evidence(**changed: Any) -> Evidence:
    """A model that every gate lets through, but for what is changed."""
    figures = {
        "changes": [Change("A", 20, 18, 18, 1, 1)],
        "average_precision": SAME,
        "brier": SAME,
        "latency": Latency(champion=2.0, challenger=2.2),
        "hard_negative": Share(10, 100),
        "benign": Share(1, 100),
        "megabytes": 40.0,
        "attack": AttackRecall(clean=0.8, attacked=0.75),
    }
    figures |= {name: changed.pop(name) for name in figures.keys() & changed.keys()}
    sound = Evidence(RECORD, GateFigures(**figures), FlagBudget(), [], Audit(True), "d1")
    return replace(sound, **changed)


def only_failure(found: Evidence) -> Gate:
    (gate,) = [gate for gate in judge(found) if not gate.passed]
    return gate


def test_a_sound_model_passes_every_gate() -> None:
    assert [gate.name for gate in judge(evidence())] == list(NAMES)
    assert all(gate.passed for gate in judge(evidence()))


WORSE = Difference(champion=0.8, challenger=0.7, low=-0.15, high=-0.05)
HIGHER = Difference(champion=0.1, challenger=0.2, low=0.05, high=0.15)


@pytest.mark.parametrize(
    ("name", "changed", "detail"),
    [
        ("clause-recall", {"changes": [Change("A", 9, 8, 2, 6, 0), Change("B", 9, 2, 8, 0, 6)]},
         "A: 8 to 2 of 9 found (6 lost, 0 gained), p = 0.0156"),
        ("recall", {"changes": [Change(c, 9, 8, 6, 2, 0) for c in "ABCDE"]}, "10 lost, 0 gained"),
        ("average-precision", {"average_precision": WORSE}, "0.8000 to 0.7000"),
        ("hard-negatives", {"hard_negative": Share(13, 100)}, "at most 12% allowed"),
        ("ordinary", {"benign": Share(4, 100)}, "4.0%"),
        ("ordinary", {"benign": Share(0, 0)}, "not evaluated"),
        ("attack-recall", {"attack": AttackRecall(clean=0.8, attacked=0.6)}, "75.0% of clean"),
        ("attack-recall", {"attack": AttackRecall(clean=0.0, attacked=0.0)}, "0.0% of clean"),
        ("attack-recall", {"attack": None}, "not measured"),
        ("calibration", {"brier": HIGHER}, "Brier score 0.1000 to 0.2000"),
        ("latency", {"latency": Latency(champion=2.0, challenger=2.6)}, "1.30 times as long"),
        ("size", {"megabytes": 65.0}, "65.0 MB, at most 64 MB"),
        ("card", {"card_problems": ["no README.md"]}, "no README.md"),
        ("data-audit", {"audit": None}, "the dataset d1 was not given"),
        ("data-audit", {"audit": Audit(False)}, "d1 has findings"),
        ("data-audit", {"dataset": "d2"}, "trained on d1, audited was d2"),
        ("not-smoke", {"record": RECORD.model_copy(update={"smoke": True})}, "a smoke run"),
    ],
)  # fmt: skip
def test_a_gate_stops_what_it_is_there_for(name: str, changed: dict[str, Any], detail: str) -> None:
    gate = only_failure(evidence(**changed))
    assert gate.name == name
    assert detail in gate.detail


def test_recall_without_violating_cases_is_not_evaluated() -> None:
    failed = [gate.name for gate in judge(evidence(changes=[])) if not gate.passed]
    assert failed == ["clause-recall", "recall"]


def test_without_a_champion_only_what_compares_has_nothing_to_say() -> None:
    alone = dict.fromkeys(("changes", "average_precision", "brier", "latency"))
    said = [gate.name for gate in judge(evidence(**alone)) if gate.detail == gates.NOTHING_BEFORE]
    assert said == ["clause-recall", "recall", "average-precision", "calibration", "latency"]


def test_limits_may_be_set() -> None:
    slow = evidence(latency=Latency(champion=1.0, challenger=1.9))
    assert all(gate.passed for gate in judge(replace(slow, limits=Limits(slowdown=2.0))))


def test_every_gate_is_named_after_its_function() -> None:
    assert [gate(evidence()).name for gate in GATES] == list(NAMES)


def test_figures_of_two_engines_are_paired_case_by_case(tmp_path: Path) -> None:
    pack = make_pack(tmp_path / "pack")
    good, bad = make_cascade(tmp_path / "good"), make_cascade(tmp_path / "bad", review=0.999)
    champion, challenger = (Engine.from_pack(with_models(pack, f)) for f in (good, bad))
    told: list[str] = []
    found = compare(challenger, champion, read_cases(pack), 1.0, tell=told.append)
    assert found.changes is not None
    (change,) = found.changes
    assert (change.cases, change.champion) == (16, 16)
    assert change.challenger + change.lost == 16
    assert found.average_precision is not None
    assert found.average_precision.champion == found.average_precision.challenger == 1.0
    assert found.brier is not None
    assert found.brier.low == found.brier.high == 0.0
    assert found.hard_negative == Share(0, 5)
    assert found.latency is not None
    assert np.isfinite(found.latency.challenger / found.latency.champion)
    assert found.attack is None
    assert len(told) == 2
