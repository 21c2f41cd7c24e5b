"""Notices for sellers: in which language, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.report.words import LANGUAGES
from shelfguard.serve.notices import notices, preferred_language
from shelfguard.serve.problems import Problem
from tests.unit.policy.tinypack import TinyPack


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("fr", "fr"),
        ("FR-ca", "fr"),
        ("fr-CA, fr;q=0.9, en;q=0.8", "fr"),
        ("en;q=0.8, fr;q=0.9", "fr"),
        ("en, fr", "en"),
        ("fr, en", "fr"),
        ("de, fr;q=0.1", "fr"),
        ("de", "en"),
        ("*", "en"),
        ("en;q=0, *", "fr"),
        ("fr;q=0, en;q=0", "en"),
        ("en;q=0.001, fr;q=0.002", "fr"),
        (" , fr ,, ", "fr"),
        ("fr ; q=1.000", "fr"),
        ("fr;q=1.001", "en"),
        ("fr;q=2", "en"),
        ("fr;level=1", "en"),
        ("fr_CA", "en"),
        ("fr;q=0.5, %", "en"),
    ],
)
def test_the_language_that_weighs_most_is_chosen(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


@given(header=st.text(alphabet=st.sampled_from("enfr-*;q=.019, \t")))
def test_any_header_gives_a_language_there_is(header: str) -> None:
    assert preferred_language(header) in LANGUAGES


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return load_pack(TinyPack(tmp_path / "tiny").root)


def decision(clause: str, outcome: str = "block", **evidence: Any) -> dict[str, Any]:
    reason = {
        "clause": clause,
        "citation": "Criminal Code, s. 84",
        "outcome": outcome,
        "evidence": [evidence] if evidence else [],
    }
    return {"listing_id": "sku-1", "outcome": outcome, "reasons": [reason]}


def test_a_notice_says_what_is_wrong_and_what_to_do(pack: Pack) -> None:
    clause = next(iter(pack.clauses.values()))
    (notice,) = notices(decision(clause.id, field="title", quote="knife"), pack, "fr")
    assert clause.title["fr"] in notice["message"]
    assert notice["fix"] == clause.fix["fr"]
    assert (notice["attribute"], notice["quote"]) == ("title", "knife")
    assert (notice["listing_id"], notice["severity"]) == ("sku-1", "error")


def test_a_reason_without_evidence_still_has_its_notice(pack: Pack) -> None:
    (notice,) = notices(decision(next(iter(pack.clauses)), "review"), pack, "en")
    assert (notice["attribute"], notice["quote"]) == (None, None)
    assert notice["severity"] == "warning"


def test_nobody_is_told_of_what_is_escalated(pack: Pack) -> None:
    assert notices(decision(next(iter(pack.clauses)), "escalate"), pack, "en") == []


def test_a_decision_under_another_pack_has_no_notices(pack: Pack) -> None:
    with pytest.raises(Problem, match="ZZ-ZZZ-999"):
        notices(decision("ZZ-ZZZ-999"), pack, "en")
