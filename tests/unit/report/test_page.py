"""The report page: what it says, and that a seller's text stays text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from shelfguard.errors import PackError, RunError
from shelfguard.report.page import write_report
from tests.unit.report.scan_folder import (
    calibrate,
    clause,
    pack,
    reason,
    span,
    write_folder,
    write_unchecked,
)

KNIFE = {
    "id": "A-1",
    "title": {"en": "Push dagger key ring"},
    "description": {"fr": "Lame cachée dans un porte-clés."},
    "attributes": {"material": "steel"},
}
MUG = {"id": "A-2", "title": {"und": "Mug"}}


class Elements(HTMLParser):
    """Tags with their attributes, and the shown text in the order of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts.append(data)
        elif self._inside != "style":
            self.words.append(data)

    @property
    def code(self) -> list[str]:
        """The scripts that run, not the charts' data."""
        return [script for script in self.scripts if not script.startswith("{")]

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def read(folder: Path, *clauses: Any, lang: str = "en") -> Elements:
    page = write_report(folder, pack(folder / "pack", *clauses), lang)
    return Elements(page.read_text(encoding="utf-8"))


def test_it_says_what_was_found_and_on_what_grounds(tmp_path: Path) -> None:
    found = reason("CA-WPN-003", span(KNIFE, "title", "Push dagger"), probability=0.931)
    page = read(write_folder(tmp_path, [(KNIFE, [found]), (MUG, [])]))
    assert "1 of 2 listings decided was flagged (50.0%)" in page.text
    assert "2 read = 2 decided + 0 quarantined" in page.text
    assert "Probability 0.931 Decided by Rules" in page.text
    assert "Sample Act, s 1" in page.text
    assert ("mark", {}) in page.tags
    assert ("a", {"href": "https://example.org/a", "rel": "noreferrer"}) in page.tags
    assert "ab" * 32 in page.text


def test_listing_text_carries_its_own_language(tmp_path: Path) -> None:
    page = read(write_folder(tmp_path, [(KNIFE, [reason("CA-WPN-003")]), (MUG, [])]))
    languages = [a["lang"] for _, a in page.tags if a.get("class") == "listing-text"]
    assert languages == ["en", "fr", ""]


def test_it_speaks_french(tmp_path: Path) -> None:
    page = read(write_folder(tmp_path, [(KNIFE, [reason("CA-WPN-003")])]), lang="fr")
    assert ("html", {"lang": "fr"}) in page.tags
    assert "1 annonce sur 1 a été signalée (100,0 %)" in page.text
    assert "Titre de CA-WPN-003" in page.text


def test_evidence_may_be_something_missing_or_the_text_as_a_whole(tmp_path: Path) -> None:
    absent = {"kind": "attribute", "signal": "attributes", "field": "attributes.npn"}
    cases = [(KNIFE, [reason("CA-HLT-001", absent)]), (MUG, [reason("CA-WPN-003")])]
    page = read(write_folder(tmp_path, cases))
    assert "npn: missing" in page.text
    assert "no single words stand out" in page.text


def test_what_the_scan_cannot_say_is_said(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, [(MUG, [])])
    sample = pack(folder / "pack", clause("CA-WPN-003"), clause("CA-SEX-001", signals=["image"]))
    calibrate(sample, "CA-WPN-003", unsupported="only 12 examples")
    page = Elements(write_report(folder, sample, "en").read_text(encoding="utf-8"))
    assert "The data do not support 1 of 2 clauses acting alone" in page.text
    assert "only 12 examples" in page.text
    assert "1 of 2 clauses was not evaluated" in page.text
    assert "Draft pack: counsel has not reviewed" in page.text


def test_clauses_of_pictures_are_evaluated_where_pictures_are_looked_at(tmp_path: Path) -> None:
    options = {"market": "CA", "mode": "shadow", "images": {"roots": []}}
    folder = write_folder(tmp_path, [(MUG, [])], options=options)
    page = read(folder, clause("CA-WPN-003"), clause("CA-SEX-001", signals=["image"]))
    assert "2 clauses were evaluated and flagged nothing" in page.text
    assert "Every clause of the pack was evaluated." in page.text


def test_a_calibration_that_is_broken_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, [(MUG, [])])
    sample = pack(folder / "pack")
    calibrate(sample, "CA-WPN-003").write_text('{"clauses": 7}')
    with pytest.raises(PackError, match=r"calibration\.json: field 'clauses'"):
        write_report(folder, sample, "en")


def test_a_listing_that_could_not_be_checked_cites_no_clause(tmp_path: Path) -> None:
    page = read(write_unchecked(tmp_path, MUG))
    assert "No clause cited" in page.text
    assert "Decided with less than usual: text: failed" in page.text
    assert "text: failed (1)" in page.text


def test_an_empty_scan_says_so(tmp_path: Path) -> None:
    page = read(write_folder(tmp_path, []))
    assert "No listing was decided" in page.text
    assert "0 read = 0 decided + 0 quarantined" in page.text


def test_a_scan_of_bad_rows_alone_shows_why(tmp_path: Path) -> None:
    bad = {"file": "f.csv", "line": 2, "row": 1, "field": "title", "reason": "is empty"}
    rows = [bad | {"row": n, "excerpt": "a,,b"} for n in range(30)]
    page = read(write_folder(tmp_path, [], rows))
    assert "30 read = 0 decided + 30 quarantined" in page.text
    assert "is empty" in page.text
    assert "The first 20 of 30 are shown" in page.text


def test_counts_that_do_not_add_up_are_an_alarm(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, [(MUG, [])])
    run = json.loads((folder / "run.json").read_text())
    run["counts"]["read"] = 7
    (folder / "run.json").write_text(json.dumps(run))
    assert "Do not rely on this report" in read(folder).text


ATTACKS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "--></style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "\u202etxt.exe\u2066\x00",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_listing_stays_text(tmp_path: Path, attack: str) -> None:
    listing = {
        "id": attack,
        "title": {"en": attack},
        "description": {attack: attack},
        "seller": {"id": attack, "type": None},
        "attributes": {attack: attack},
        "currency": attack,
        "price": 1.0,
    }
    found = reason("CA-WPN-003", span(listing, "title", attack, note=attack))
    bad = dict.fromkeys(("file", "field", "reason", "excerpt"), attack) | {"line": 1, "row": 1}
    feed = {"uri": attack, "format": "csv", "bytes": 1}
    page = read(write_folder(tmp_path, [(listing, [found])], [bad], feed=feed))
    tags = {tag for tag, _ in page.tags}
    assert tags.isdisjoint({"img", "svg", "iframe", "object"})
    assert not [a for _, attributes in page.tags for a in attributes if a.startswith("on")]
    assert len(page.code) == 4
    assert "\u202e" not in page.text
    assert "\x00" not in page.text
    assert {a["lang"] for _, a in page.tags if "lang" in a} <= {"en", ""}


def test_only_the_pages_own_scripts_and_style_may_run(tmp_path: Path) -> None:
    page = read(write_folder(tmp_path, [(KNIFE, [reason("CA-WPN-003")])]))
    policy = next(a["content"] for t, a in page.tags if t == "meta" and "http-equiv" in a) or ""
    allowed = re.findall(r"'sha256-([^']+)'", policy)
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in page.code]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert set(digests) <= set(allowed)


def test_no_address_is_fetched(tmp_path: Path) -> None:
    page = read(write_folder(tmp_path, [(KNIFE, [reason("CA-WPN-003")])]))
    assert not [a for tag, a in page.tags if "src" in a or tag == "link"]


def test_a_citation_links_only_to_the_web(tmp_path: Path) -> None:
    bad = clause("CA-WPN-003", cite=[{"instrument": "Act", "url": "javascript:alert(1)"}])
    page = read(write_folder(tmp_path, [(KNIFE, [reason("CA-WPN-003")])]), bad)
    assert not [a for _, a in page.tags if (a.get("href") or "#").startswith("javascript")]


def test_the_sample_takes_every_clause_in_turn_and_is_the_same_each_time(tmp_path: Path) -> None:
    many = [({**MUG, "id": f"M-{n}"}, [reason("CA-WPN-003")]) for n in range(90)]
    rare = [({**MUG, "id": "R-1"}, [reason("CA-HLT-001")])]
    folder = write_folder(tmp_path, many + rare)
    first = write_report(folder, pack(folder), "en").read_bytes()
    assert "60 of 91 flagged listings" in Elements(first.decode()).text
    assert b"R-1" in first
    assert write_report(folder, pack(folder), "en").read_bytes() == first


def test_a_clause_that_the_pack_lost_is_still_reported(tmp_path: Path) -> None:
    page = read(write_folder(tmp_path, [(KNIFE, [reason("CA-OLD-001")])]))
    assert "CA-OLD-001 Not in the pack loaded for this report" in page.text


def test_a_folder_without_a_scan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"run\.json: no finished scan here"):
        write_report(tmp_path, pack(tmp_path), "en")


def test_files_of_two_scans_are_not_mixed(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", [(KNIFE, [reason("CA-WPN-003")])])
    other = write_folder(tmp_path / "b", [(MUG, [reason("CA-WPN-003")])])
    (other / "flagged.parquet").replace(folder / "flagged.parquet")
    with pytest.raises(RunError, match="has 'A-2' where the decisions have 'A-1'"):
        write_report(folder, pack(folder), "en")
