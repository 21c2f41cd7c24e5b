"""Whose pictures nobody may see, and which are blurred until somebody asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelfguard.policy.load import load_pack
from shelfguard.report.folder import ScanFolder
from shelfguard.report.sensitivity import (
    BLURRED_CLAUSES,
    WITHHELD_CLAUSES,
    Sensitivity,
    blurs,
    withholds,
)
from tests.unit.report.scan_folder import decision, reason, region, store, write_folder

OIL = {"id": "A-1", "title": {"en": "Body oil"}}
LAMP = {"id": "A-2", "title": {"en": "Lamp"}}


def test_the_clauses_are_in_the_shipped_pack() -> None:
    assert load_pack("ca-marketplace").clauses.keys() >= WITHHELD_CLAUSES | BLURRED_CLAUSES


@pytest.mark.parametrize(
    ("found", "withheld"),
    [
        (reason("CA-SEX-001", outcome="review"), True),
        (reason("CA-WPN-003", outcome="escalate"), True),
        (reason("MKT-ADT-001", outcome="review"), False),
    ],
)
def test_a_listing_that_is_escalated_or_cites_abuse_is_withheld(
    found: dict[str, object], withheld: bool
) -> None:
    assert withholds(decision(OIL, 1, found)) is withheld


def test_a_listing_is_blurred_for_what_it_is_flagged_for() -> None:
    assert blurs(decision(OIL, 1, reason("MKT-ADT-001")))
    assert not blurs(decision(OIL, 1, reason("CA-WPN-003")))


def test_a_withheld_picture_is_withheld_from_every_listing(tmp_path: Path) -> None:
    same = store(tmp_path, b"same")
    cases = [(OIL, [reason("CA-SEX-001", outcome="escalate")]), (LAMP, [reason("CA-WPN-003")])]
    write_folder(tmp_path, cases, pictures={"A-1": [same], "A-2": [same]})
    found = Sensitivity.of(ScanFolder.open(tmp_path))
    assert found.withheld == {same["sha256"]}


def test_nudity_blurs_one_picture_and_an_adult_clause_those_of_its_listing(tmp_path: Path) -> None:
    nude, plain = store(tmp_path, b"nude"), store(tmp_path, b"plain")
    cases = [(OIL, [reason("MKT-ADT-001", region(nude, signal="nudity"))])]
    write_folder(tmp_path, cases, pictures={"A-1": [nude, plain]})
    assert Sensitivity.of(ScanFolder.open(tmp_path)).blurred == {nude["sha256"]}
