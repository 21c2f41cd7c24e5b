"""The content of the sample pack: complete in both languages, and its cases unseen in training."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Clause, Pack

Row = dict[str, Any]

LANGUAGES = {"en", "fr"}
VIOLATING = {"positive", "evasive"}
IMAGE_ONLY = {
    "CA-SEX-001",
    "MKT-IMG-001",
    "MKT-IMG-002",
    "MKT-IMG-003",
    "MKT-MIS-001",
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("ca-marketplace")


@pytest.fixture(scope="module")
def examples(pack: Pack) -> list[Row]:
    return _rows(pack.root / "examples")


@pytest.fixture(scope="module")
def cases(pack: Pack) -> list[Row]:
    return _rows(pack.root / "cases")


def _rows(folder: Path) -> list[Row]:
    files = sorted(folder.glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def _text(row: Row) -> str:
    return " ".join(f"{row['title']} {row['description'] or ''}".lower().split())


def test_holds_58_clauses_of_law_and_12_house_rules(pack: Pack) -> None:
    families = Counter(clause.split("-")[0] for clause in pack.clauses)
    assert families == {"CA": 58, "MKT": 12}


def test_every_text_of_a_clause_is_in_english_and_french(pack: Pack) -> None:
    def texts(clause: Clause) -> list[dict[str, str]]:
        return [clause.title, clause.rule, clause.decisive, clause.fix]

    short = [
        clause.id
        for clause in pack.clauses.values()
        for text in texts(clause)
        if set(text) != LANGUAGES or not all(text.values()) or text["en"] == text["fr"]
    ]
    assert short == []


def test_law_is_cited_by_full_address_and_house_rules_say_so(pack: Pack) -> None:
    for clause in pack.clauses.values():
        house = clause.id.startswith("MKT-")
        assert (clause.checked == "house") is house, clause.id
        for citation in clause.cite:
            assert house or (citation.url or "").startswith("https://"), clause.id


def test_no_words_are_shipped_for_child_sexual_abuse_material(
    pack: Pack, examples: list[Row], cases: list[Row]
) -> None:
    assert pack.clauses["CA-SEX-001"].signals == ["image"]
    assert not [entry for entry in pack.lexicon if entry.clause == "CA-SEX-001"]
    assert not [r for r in examples + cases if "CA-SEX-001" in (r["near"], *r["violates"])]


def test_clauses_judged_by_text_have_a_lexicon_in_both_languages(pack: Pack) -> None:
    decisive = [entry for entry in pack.lexicon if not entry.weak]
    found = {(entry.clause, entry.lang) for entry in decisive if entry.lang in LANGUAGES}
    wanted = {(clause, lang) for clause in pack.clauses for lang in LANGUAGES}
    assert found == {pair for pair in wanted if pair[0] not in IMAGE_ONLY}


def test_row_ids_are_unique(examples: list[Row], cases: list[Row]) -> None:
    counts = Counter(row["id"] for row in examples + cases)
    assert [row for row, count in counts.items() if count > 1] == []


def test_rows_name_clauses_of_the_pack(pack: Pack, examples: list[Row], cases: list[Row]) -> None:
    named = {c for r in examples + cases for c in (*r["violates"], r["near"]) if c}
    assert named <= set(pack.clauses)


def test_kind_and_labels_agree(examples: list[Row], cases: list[Row]) -> None:
    odd = [
        row["id"]
        for row in examples + cases
        if bool(row["violates"]) is not (row["kind"] in VIOLATING)
        or (row["near"] is None) is not (row["kind"] == "benign")
        or (row["kind"] in VIOLATING and row["near"] not in row["violates"])
    ]
    assert odd == []


def test_no_case_is_also_an_example(examples: list[Row], cases: list[Row]) -> None:
    assert {_text(row) for row in examples}.isdisjoint(_text(row) for row in cases)


def test_each_clause_has_examples_and_cases_of_each_sort(
    pack: Pack, examples: list[Row], cases: list[Row]
) -> None:
    def count(rows: list[Row]) -> Counter[tuple[str, bool]]:
        return Counter((row["near"], bool(row["violates"])) for row in rows if row["near"])

    trained, gated = count(examples), count(cases)
    for clause in set(pack.clauses) - IMAGE_ONLY:
        assert trained[clause, True] >= 17, clause
        assert trained[clause, False] >= 13, clause
        assert gated[clause, True] >= 4, clause
        assert gated[clause, False] >= 3, clause


def test_innocent_listings_stand_on_both_sides(examples: list[Row], cases: list[Row]) -> None:
    assert sum(row["kind"] == "benign" for row in examples) >= 338
    assert sum(row["kind"] == "benign" for row in cases) == 112
