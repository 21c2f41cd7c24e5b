"""Seller notices: one line a reason, in both languages, with what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shelfguard.errors import RunError
from shelfguard.report.notices import write_notices
from tests.unit.report.scan_folder import clause, pack, reason, span, write_folder

KNIFE = {"id": "A-1", "title": {"en": "Push dagger key ring"}, "description": None}
TEA = {"id": "A-2", "title": {"fr": "Tisane\nmiracle"}, "description": None}


def notices(folder: Path) -> list[dict[str, Any]]:
    sample = pack(folder, clause("CA-WPN-003"), clause("CA-HLT-001", **{"class": "evidence"}))
    write_notices(folder, sample)
    text = (folder / "issues.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def test_a_notice_says_what_where_why_and_what_to_do(tmp_path: Path) -> None:
    found = reason("CA-WPN-003", span(KNIFE, "title", "Push dagger"))
    (notice,) = notices(write_folder(tmp_path, [(KNIFE, [found]), (TEA, [])]))
    assert notice == {
        "listing_id": "A-1",
        "clause": "CA-WPN-003",
        "code": "PROHIBITED_PRODUCT",
        "severity": "error",
        "attribute": "title",
        "message": {
            "en": "This listing breaks a rule: Title of CA-WPN-003. It must not be sold.",
            "fr": "Cette annonce enfreint une règle\xa0: Titre de CA-WPN-003. "
            "Il ne doit pas être vendu.",
        },
        "fix": {"en": "Remove the listing.", "fr": "Retirez l’annonce."},
        "citation": "Sample Act, s 1",
        "quote": "Push dagger",
    }


def test_every_reason_is_a_line_in_feed_order(tmp_path: Path) -> None:
    both = [reason("CA-WPN-003"), reason("CA-HLT-001", outcome="review")]
    found = notices(write_folder(tmp_path, [(TEA, both), (KNIFE, [reason("CA-WPN-003")])]))
    assert [(n["listing_id"], n["clause"]) for n in found] == [
        ("A-2", "CA-WPN-003"),
        ("A-2", "CA-HLT-001"),
        ("A-1", "CA-WPN-003"),
    ]


@pytest.mark.parametrize(
    ("outcome", "severity"),
    [("warn", "info"), ("request_evidence", "warning"), ("review", "warning"), ("block", "error")],
)
def test_severity_follows_the_outcome(tmp_path: Path, outcome: str, severity: str) -> None:
    folder = write_folder(tmp_path, [(TEA, [reason("CA-HLT-001", outcome=outcome)])])
    (notice,) = notices(folder)
    assert notice["severity"] == severity
    assert notice["code"] == "EVIDENCE_REQUIRED"


def test_a_seller_hears_nothing_of_a_listing_that_is_escalated(tmp_path: Path) -> None:
    found = [reason("CA-WPN-003", outcome="escalate"), reason("CA-HLT-001", outcome="review")]
    assert notices(write_folder(tmp_path, [(TEA, found)])) == []


def test_a_missing_attribute_is_named_without_a_quote(tmp_path: Path) -> None:
    absent = {"kind": "attribute", "signal": "attributes", "field": "attributes.npn"}
    (notice,) = notices(write_folder(tmp_path, [(TEA, [reason("CA-HLT-001", absent)])]))
    assert (notice["attribute"], notice["quote"]) == ("attributes.npn", None)


def test_a_reading_of_the_whole_text_names_no_attribute(tmp_path: Path) -> None:
    (notice,) = notices(write_folder(tmp_path, [(TEA, [reason("CA-HLT-001")])]))
    assert (notice["attribute"], notice["quote"]) == (None, None)


def test_nothing_flagged_leaves_an_empty_file(tmp_path: Path) -> None:
    assert notices(write_folder(tmp_path, [(TEA, [])])) == []


def test_a_clause_outside_the_pack_is_an_error_and_leaves_no_half_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, [(TEA, [reason("CA-OLD-001")])])
    with pytest.raises(RunError, match="cites CA-OLD-001"):
        notices(folder)
    assert not (folder / "issues.jsonl").exists()
