"""Which listings go to review under reviewers' hours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import DataError, PackError
from shelfguard.learn.calibrate.allocate import allocate
from shelfguard.learn.calibrate.review_terms import ClauseTerms, Terms, read_values

CLAUSES = ["CA-TOY-001", "CA-WPN-001"]
ODDS = np.array([[0.9, 0.0], [0.5, 0.1], [0.0, 0.4], [0.1, 0.0], [np.nan, 0.3]], np.float32)
FLAGGED = np.array([0, 0, 1, 1, 0], bool)


def chosen(terms: Terms) -> list[int]:
    return [int(row) for row in allocate(ODDS, CLAUSES, FLAGGED, terms).chosen]


def test_with_time_for_two_cases_the_likeliest_two_are_seen() -> None:
    assert chosen(Terms(hours=0.05)) == [0, 1]


def test_harm_and_minutes_of_a_clause_change_what_is_seen() -> None:
    grave = {"CA-WPN-001": ClauseTerms(harm=10)}
    assert chosen(Terms(hours=0.05, clauses=grave)) == [2, 4]
    slow = {"CA-WPN-001": ClauseTerms(harm=10, minutes=15)}
    assert chosen(Terms(hours=0.05, clauses=slow)) == [0, 3]  # two quick ones


def test_floors_and_caps_hold() -> None:
    floor = {"CA-WPN-001": ClauseTerms(at_least=1)}
    assert chosen(Terms(hours=0.05, clauses=floor)) == [0, 2]
    cap = {"CA-TOY-001": ClauseTerms(at_most=1)}
    assert chosen(Terms(hours=0.05, clauses=cap)) == [0, 2]


def test_a_floor_asks_for_no_more_cases_than_there_are() -> None:
    assert sorted(chosen(Terms(hours=1, clauses={"CA-WPN-001": ClauseTerms(at_least=9)}))) == [
        0, 1, 2, 3, 4,
    ]  # fmt: skip


def test_terms_that_cannot_be_kept_are_refused() -> None:
    with pytest.raises(DataError, match=r"floors ask for 0\.1 hours of 0\.0"):
        chosen(Terms(hours=0.02, clauses={"CA-TOY-001": ClauseTerms(at_least=3)}))
    with pytest.raises(DataError, match="at_least is above at_most"):
        chosen(Terms(hours=1, clauses={"CA-TOY-001": ClauseTerms(at_least=2, at_most=1)}))
    with pytest.raises(DataError, match="no scores of CA-XXX-001"):
        chosen(Terms(hours=1, clauses={"CA-XXX-001": ClauseTerms(harm=2)}))


def test_the_comparison_is_at_the_same_hours() -> None:
    fixed, greedy, optimal = allocate(ODDS, CLAUSES, FLAGGED, Terms(hours=0.05)).compare()
    assert fixed.cases == 2
    assert fixed.violations == pytest.approx(0.5)
    assert fixed.harm < greedy.harm <= optimal.harm == pytest.approx(1.5)
    assert max(plan.hours for plan in (fixed, greedy, optimal)) <= 0.05


def test_an_audit_draws_from_all_listings_and_says_with_what_chance() -> None:
    odds = np.zeros((1000, 1), np.float32)
    odds[:100] = 0.5
    found = allocate(odds, ["CA-TOY-001"], np.zeros(1000, bool), Terms(5, audit_share=0.5, seed=1))
    assert (len(found.audited), found.audit_probability) == (100, 0.1)
    queue = found.queue()
    assert {case["sampling_prob"] for case in queue if case["audit"]} == {0.1}
    assert {case["sampling_prob"] for case in queue if not case["audit"]} == {1.0}
    assert len(queue) == len({case["row"] for case in queue}) <= 200
    again = allocate(odds, ["CA-TOY-001"], np.zeros(1000, bool), Terms(5, audit_share=0.5, seed=1))
    assert again.chosen.tolist() == found.chosen.tolist()


def test_no_hours_and_no_listings_choose_nothing() -> None:
    assert chosen(Terms(hours=0)) == []
    none = allocate(np.empty((0, 2), np.float32), CLAUSES, np.empty(0, bool), Terms(6))
    assert none.as_dict()["cases"] == 0


def test_values_are_read_and_mistakes_are_named(tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("clauses:\n  CA-WPN-001: {harm: 10, at_least: 2}\n")
    assert read_values(file) == {"CA-WPN-001": ClauseTerms(harm=10, at_least=2)}
    file.write_text("clauses:\n  CA-WPN-001:\n    hram: 10\n")
    with pytest.raises(PackError, match=r"values\.yaml:3.*Did you mean 'harm'"):
        read_values(file)
