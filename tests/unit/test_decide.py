"""From probabilities to outcomes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.decide import Thresholds, find, in_force, market_code, out_of_force, settle
from shelfguard.decision import Outcome

THRESHOLDS = Thresholds(
    act=np.array([0.9, np.inf], np.float32),
    review=np.array([0.5, 0.3], np.float32),
    actions=[Outcome.BLOCK, Outcome.ESCALATE],
)


def test_a_clause_acts_at_its_act_threshold_and_asks_a_person_at_its_review_threshold() -> None:
    probabilities = np.array([[0.95, 0.1], [0.6, 0.1], [0.2, 0.1]], np.float32)
    found = [(f.row, f.clause, f.outcome) for f in find(probabilities, THRESHOLDS)]
    assert found == [(0, 0, Outcome.BLOCK), (1, 0, Outcome.REVIEW)]


def test_a_clause_without_a_supported_act_threshold_falls_back_to_review() -> None:
    found = find(np.array([[0.0, 0.999]], np.float32), THRESHOLDS)
    assert [f.outcome for f in found] == [Outcome.REVIEW]


def test_unknown_probabilities_find_nothing() -> None:
    assert find(np.full((3, 2), np.nan, np.float32), THRESHOLDS) == []


def test_findings_of_a_listing_come_most_severe_first_then_most_probable() -> None:
    found = find(np.array([[0.95, 0.99]], np.float32), THRESHOLDS)
    assert [f.clause for f in found] == [0, 1]


@given(st.lists(st.sampled_from(list(Outcome)), min_size=1))
def test_a_listing_takes_its_most_severe_outcome(outcomes: list[Outcome]) -> None:
    assert settle(outcomes, complete=True).severity == max(o.severity for o in outcomes)


def test_a_listing_that_a_required_signal_missed_is_never_allowed() -> None:
    assert settle([], complete=True) is Outcome.ALLOW
    assert settle([], complete=False) is Outcome.REVIEW


@pytest.mark.parametrize(
    ("clause", "market", "holds"),
    [
        (["CA"], "CA", True),
        (["CA"], "CA-QC", True),
        (["CA-QC"], "CA", True),
        (["CA-QC"], "CA-ON", False),
        (["CA"], "US", False),
        (["C"], "CA", False),
    ],
)
def test_a_clause_of_a_country_holds_in_its_provinces(
    clause: list[str], market: str, holds: bool
) -> None:
    assert in_force(clause, market) is holds


@pytest.mark.parametrize(
    ("given", "code"),
    [("CA", "CA"), (" ca-qc ", "CA-QC"), ("Canada", None), ("CAN", None), ("QC", None), ("", None)],
)
def test_a_market_is_known_by_its_code_in_either_case(given: str, code: str | None) -> None:
    assert market_code(given) == code


@pytest.mark.parametrize(("market", "clauses"), [("CA-ON", [1, 2]), ("CA-QC", [2]), ("US", [0, 1])])
def test_a_clause_is_out_of_force_in_other_markets(market: str, clauses: list[int]) -> None:
    assert out_of_force([["CA"], ["CA-QC"], ["US"]], market).tolist() == clauses
