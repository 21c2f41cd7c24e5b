"""Explanations: why a listing was decided as it was, in words."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shelfguard.errors import PackError, RunError
from shelfguard.policy.load import load_pack
from shelfguard.report.explain import explain, explanation
from tests.unit.report.scan_folder import (
    calibrate,
    failed,
    reason,
    region,
    span,
    write_folder,
    write_unchecked,
)

SHIPPED = "ca-marketplace"
KNIFE = {
    "id": "A-17",
    "title": {"en": "Key ring"},
    "description": {"en": "Looks like a key. " * 30 + "The push dagger\nslides out."},
}
PICTURE = {"uri": "a", "sha256": "ab" * 32, "failure": None}
MUG = {"id": "A-2", "title": {"und": "Mug"}, "description": None}


def scanned(tmp_path: Path, *reasons: dict[str, Any]) -> Path:
    pack = load_pack(SHIPPED)
    named = {"label": pack.label, "root": SHIPPED, "sha256": pack.sha256}
    return write_folder(tmp_path, [(MUG, []), (KNIFE, list(reasons)), (MUG, [])], pack=named)


def with_pictures(tmp_path: Path, *reasons: dict[str, Any]) -> Path:
    """The knife's scan, which looked at two pictures and could not have a third."""
    pack = load_pack(SHIPPED)
    images = [{"uri": uri, "sha256": None, "role": None, "alt": None} for uri in "abc"]
    return write_folder(
        tmp_path,
        [({**KNIFE, "images": images}, list(reasons)), (MUG, [])],
        pictures={"A-17": [PICTURE, failed("not-found: gone", "c")]},
        pack={"label": pack.label, "root": SHIPPED, "sha256": pack.sha256},
        options={"market": "CA", "mode": "shadow", "images": {"roots": []}},
    )


def pack_of(out: Path, root: str) -> Path:
    """The same folder, scanned under the pack that lies there."""
    run = json.loads((out / "run.json").read_text())
    run["pack"]["root"] = root
    (out / "run.json").write_text(json.dumps(run))
    return out


def test_a_reason_is_told_with_its_quote_in_context(tmp_path: Path) -> None:
    out = scanned(tmp_path, reason("CA-WPN-003", span(KNIFE, "description", "push dagger")))
    told = " ".join(explain(out, "A-17").split())
    assert "Listing A-17 From catalog.csv, row 2 Outcome: Block" in told
    assert "Reason 1 of 1: CA-WPN-003, Disguised blades" in told
    assert "Source: SOR/98-462" in told
    assert "Probability: 0.930" in told
    assert "Description: …" in told
    assert "The >>push dagger<< slides out." in told
    assert "What the seller can do:" in told
    assert "Every required signal ran." in told


def test_french(tmp_path: Path) -> None:
    out = scanned(tmp_path, reason("CA-WPN-003", probability=None))
    told = explain(out, "A-17", "fr")
    assert "Issue\xa0: Bloquer" in told
    assert "Probabilité\xa0: non calibrée" in told
    assert "aucun mot ne ressort" in told


def test_an_allowed_listing_is_told_plainly_and_what_was_checked(tmp_path: Path) -> None:
    told = " ".join(explain(scanned(tmp_path), "A-17").split())
    assert "Outcome: Allow" in told
    assert "Nothing was found against this listing" in told
    assert "Signals that looked: word list" in told
    assert "Not evaluated" in told
    assert "CA-SEX-001" in told


def test_a_listing_that_could_not_be_checked_is_told_so(tmp_path: Path) -> None:
    told = explain(pack_of(write_unchecked(tmp_path, MUG), SHIPPED), "A-2")
    assert "No clause is cited." in told
    assert "Did not run or could not judge: text: failed" in told


def test_thresholds_are_told_where_the_pack_has_them(tmp_path: Path) -> None:
    shipped = load_pack(SHIPPED)
    root = tmp_path / "pack"
    shutil.copytree(shipped.root, root)
    calibrate(replace(shipped, root=root), "CA-WPN-003", review=0.4, unsupported="12 examples")
    named = {"label": "x", "root": str(root), "sha256": "0" * 64}
    out = write_folder(tmp_path / "out", [(KNIFE, [reason("CA-WPN-003")])], pack=named)
    told = " ".join(explain(out, "A-17").split())
    assert "Thresholds: act alone from none, review from 0.400" in told
    assert "it goes to a person: 12 examples" in told


def test_the_record_holds_the_same_as_plain_values(tmp_path: Path) -> None:
    absent = {"kind": "attribute", "signal": "attributes", "field": "attributes.npn"}
    found = explanation(scanned(tmp_path, reason("CA-HLT-001", absent)), "A-17")
    assert found["outcome"] == "block"
    assert found["source"] == {"uri": "catalog.csv", "row": 2}
    assert found["reasons"][0]["evidence"][0]["field"] == "attributes.npn"
    assert found["pack_changed"] is False


def test_an_identifier_that_occurs_twice_is_said_to(tmp_path: Path) -> None:
    assert "2 decisions carry this identifier" in explain(scanned(tmp_path), "A-2")


def test_a_changed_pack_is_said_to(tmp_path: Path) -> None:
    named = {"label": "x", "root": SHIPPED, "sha256": "0" * 64}
    told = explain(write_folder(tmp_path, [(MUG, [])], pack=named), "A-2")
    assert "differs from the one of this scan" in told


def test_text_cannot_steer_the_terminal(tmp_path: Path) -> None:
    trick = {"id": "T", "title": {"en": "\x1b[2Jsafe\u202e"}, "description": None}
    shipped = {"label": "x", "root": SHIPPED, "sha256": "0" * 64}
    found = reason("CA-WPN-003", span(trick, "title", "safe"))
    told = explain(write_folder(tmp_path, [(trick, [found])], pack=shipped), "T")
    assert "[U+001B][2J>>safe<<[U+202E]" in told
    assert "\x1b" not in told


def test_what_did_not_run_cannot_steer_the_terminal_either(tmp_path: Path) -> None:
    out = write_unchecked(tmp_path, MUG, "text: failed (ValueError: \x1b[2J)")
    told = explain(pack_of(out, SHIPPED), "A-2")
    assert "Did not run or could not judge: text: failed (ValueError: [U+001B][2J)" in told


def test_an_unknown_identifier_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"no listing 'A-18' in this scan\. Nearest: A-17"):
        explain(scanned(tmp_path), "A-18")


def test_identifiers_that_begin_alike_are_looked_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shelfguard.report.explain.NEAREST_AMONG", 1)
    out = write_folder(tmp_path, [({**MUG, "id": "xA-1"}, []), ({**MUG, "id": "A-17"}, [])])
    with pytest.raises(RunError, match="Nearest: A-17"):
        explain(out, "A-18")


def test_an_identifier_like_no_other_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="Look it up in"):
        explain(scanned(tmp_path), "zzzzzzzz")


def test_a_pack_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackError):
        explain(write_folder(tmp_path, [(MUG, [])]), "A-2")


def test_findings_in_pictures_are_told_with_their_place(tmp_path: Path) -> None:
    read = region(PICTURE, box=[0.04, 0.1, 0.624, 0.2], quote="CALL 514", note="watermark")
    mask = {"size": [2, 2], "counts": [1, 3]}
    small = region(PICTURE, kind="mask", signal="framing", note="product-small", mask=mask)
    match = region(PICTURE, kind="match", signal="known", bank="recalled", entry=17, distance=4)
    out = with_pictures(tmp_path, reason("MKT-IMG-002", read, small, match))
    told = " ".join(explain(out, "A-17").split())
    place = "Picture 1, 4%–62% from the left and 10%–20% from the top"
    assert f"- {place} = CALL 514 (watermark)" in told
    assert "- Picture 1, marked pixels: product too small in the frame" in told
    assert "- Picture 1: same picture as entry 17 of bank recalled, 4 of 256 bits differ" in told
    assert f"Picture 1: a (SHA-256 {PICTURE['sha256']})" in told
    assert "Picture 3: c could not be looked at: not found" in told


def test_the_record_holds_what_pictures_showed(tmp_path: Path) -> None:
    mask = {"size": [2, 3], "counts": [1, 5]}
    item = region(PICTURE, kind="mask", signal="framing", mask=mask, box=[0.0, 0.0, 1.0, 1.0])
    found = explanation(with_pictures(tmp_path, reason("MKT-IMG-001", item)), "A-17")
    (evidence,) = found["reasons"][0]["evidence"]
    assert (evidence["mask_size"], evidence["box"]) == ([2, 3], [0.0, 0.0, 1.0, 1.0])
    assert evidence["picture"] == PICTURE["sha256"]
    assert [picture["place"] for picture in found["pictures"]] == [0, 2]
    assert json.loads(json.dumps(found)) == found


def test_pictures_for_specialists_alone_are_not_pointed_to(tmp_path: Path) -> None:
    out = with_pictures(tmp_path, reason("CA-SEX-001", outcome="escalate", stage="vision"))
    told = explain(out, "A-17")
    assert "The pictures are for the specialist team only." in told
    assert "SHA-256" not in told
    assert "the pictures as a whole" in told


def test_a_scan_that_looked_at_pictures_leaves_no_clause_out(tmp_path: Path) -> None:
    told = explain(with_pictures(tmp_path), "A-2")
    assert "Not evaluated" not in told
    assert "pictures" in told
