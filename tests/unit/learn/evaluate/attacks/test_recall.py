"""Recall under attack."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shelfguard.learn.evaluate.attacks.recall import attack_recall, excerpts
from shelfguard.learn.evaluate.attacks.suite import ATTACKS
from shelfguard.learn.evaluate.attacks.telling import telling_words
from shelfguard.learn.evaluate.subject import Subject
from tests.unit.learn.evaluate.subjects import WordScorer, subject
from tests.unit.learn.rows import CLAUSE, CLAUSES, row

ROWS = [
    *(row(f"p{n}", "Brass dagger for sale", CLAUSE, description="A fine piece.") for n in range(6)),
    *(row(f"o{n}", "Lamp for sale", description="A fine lamp.") for n in range(6)),
]
LEET = [attack for attack in ATTACKS if attack.name in ("leet", "dilution")]


@pytest.fixture(scope="module")
def judged() -> Subject:
    scorer = WordScorer(["dagger", "cure"])
    return subject(ROWS, scorer.probabilities(subject(ROWS, np.zeros((12, 2))).part.batch))


@pytest.fixture(scope="module")
def found(judged: Subject) -> dict[str, Any]:
    result = attack_recall(judged, WordScorer(["dagger", "cure"]), LEET, None, lambda _: None)
    assert result
    return result


def test_a_model_that_reads_letters_falls_to_leet_alone(
    found: dict[str, Any],
) -> None:
    leet, dilution = found["attacks"]["leet"], found["attacks"]["dilution"]
    assert (leet["clean"].value, leet["attacked"].value, leet["kept"].value) == (1, 0, 0)
    assert (dilution["attacked"].value, dilution["share_of_clean"].value) == (1, 1)


def test_the_gate_is_the_mean_over_attacks(found: dict[str, Any]) -> None:
    assert found["share_of_clean"].value == 0.5
    assert not found["holds"]


def test_escapes_show_both_writings(found: dict[str, Any]) -> None:
    escape = found["attacks"]["leet"]["escapes"][0]
    assert escape["clause"] == CLAUSE
    assert escape["clean"] == "Brass dagger for sale"
    assert escape["attacked"] != escape["clean"]
    assert escape["probability"] > escape["attacked_probability"]
    assert not found["attacks"]["dilution"]["escapes"]


def test_without_violations_there_is_nothing_to_attack() -> None:
    innocent = subject(ROWS[6:], np.zeros((6, 2)))
    assert attack_recall(innocent, WordScorer(CLAUSES), LEET, None, lambda _: None) is None


def test_telling_words_are_the_rare_ones() -> None:
    records = subject(ROWS, np.zeros((12, 2))).part.batch.records()
    words = telling_words(records, records, None)
    assert {"brass", "dagger"} <= words[0]
    assert words == telling_words(records, records, None)


def test_an_excerpt_starts_near_the_first_difference() -> None:
    old = {"title": {"en": "T"}, "description": {"en": "x" * 500 + "knife"}}
    new = {"title": {"en": "T"}, "description": {"en": "x" * 500 + "kn1fe"}}
    assert excerpts(old, new)[1].endswith("kn1fe")
    assert excerpts(old, old) == ("", "")
