from __future__ import annotations

import json

import pytest

from shelfguard.policy.cases import CaseResult, Gates, run_cases
from shelfguard.policy.load import load_pack
from shelfguard.policy.rows import read_cases
from tests.unit.policy.tinypack import TinyPack, WordDecider, labelled


@pytest.fixture
def result(tiny: TinyPack) -> CaseResult:
    tiny.rows(
        "cases/x.jsonl",
        labelled("caught", "positive", "Brass knuckles"),
        labelled("wrong clause", "positive", "Spam"),
        labelled("missed", "positive", "Poing", lang="fr"),
        labelled("sly", "evasive", "knuckles"),
        labelled("flagged", "hard_negative", "Spam pendant"),
        labelled("left alone", "hard_negative", "Pendant"),
        labelled("plain", "benign", "Mug"),
    )
    rules = {"knuckles": ("CA-WPN-001", "block"), "Spam": ("CA-SPM-001", "review")}
    return run_cases(WordDecider(rules), read_cases(load_pack(tiny.root)))


def test_a_violation_counts_only_under_its_own_clause(result: CaseResult) -> None:
    assert (result.share("positive").hits, result.share("positive").total) == (1, 3)
    assert result.share("evasive").value == 1.0


def test_an_innocent_row_counts_when_flagged_for_anything(result: CaseResult) -> None:
    assert result.share("hard_negative").value == 0.5
    assert result.share("benign").value == 0.0


def test_shares_split_by_language_and_clause(result: CaseResult) -> None:
    assert result.share("positive", "fr").hits == 0
    assert result.share("positive", "en").hits == 1
    assert result.share("positive", clause="CA-WPN-001").total == 3
    assert result.share("positive", clause="CA-XXX-001").value is None


def test_failures_are_the_rows_to_read(result: CaseResult) -> None:
    assert [v.row.id for v in result.failures()] == ["wrong clause", "missed", "flagged"]


def test_a_row_that_breaks_two_clauses_is_two_cases(tiny: TinyPack) -> None:
    other = (tiny.root / "clauses/CA-WPN-001.yaml").read_text().replace("WPN-001", "WPN-002")
    tiny.write("clauses/CA-WPN-002.yaml", other)
    both = labelled("two", "positive", "knuckles", violates=["CA-WPN-001", "CA-WPN-002"])
    tiny.rows("cases/x.jsonl", both)
    decider = WordDecider({"knuckles": ("CA-WPN-001", "block")})
    share = run_cases(decider, read_cases(load_pack(tiny.root))).share("positive")
    assert (share.hits, share.total) == (1, 2)


def test_a_violation_that_no_signal_of_the_pack_could_find_is_not_asked_for(
    tiny: TinyPack,
) -> None:
    seen = (tiny.root / "clauses/CA-WPN-001.yaml").read_text()
    pictured = seen.replace("WPN-001", "IMG-001").replace("[lexicon, text]", "[image]")
    tiny.write("clauses/CA-IMG-001.yaml", pictured)
    both = labelled("two", "positive", "knuckles", violates=["CA-WPN-001", "CA-IMG-001"])
    innocent = labelled("ring", "hard_negative", "knuckles", near="CA-IMG-001")
    tiny.rows("cases/x.jsonl", both, innocent)
    pack = load_pack(tiny.root)
    assert pack.unseen == {"CA-IMG-001"}
    decider = WordDecider({"knuckles": ("CA-WPN-001", "block")})
    result = run_cases(decider, read_cases(pack), pack.unseen)
    share = result.share("positive")
    assert (share.hits, share.total) == (1, 1)
    assert result.share("hard_negative").value == 1


def test_gates_name_what_they_miss(result: CaseResult) -> None:
    assert result.broken(Gates(positive=0.3, evasive=0.5, hard_negative=0.5, benign=0)) == []
    assert result.broken(Gates(positive=0.5, hard_negative=0.1)) == [
        "positive: 33.3% (6.1%-79.2%) decided under the right clause, at least 50% asked",
        "hard_negative: 50.0% (9.5%-90.5%) flagged, at most 10% asked",
    ]


def test_the_result_goes_to_json(result: CaseResult) -> None:
    told = json.loads(json.dumps(result.as_dict(Gates())))
    assert told["kinds"]["positive"]["fr"]["total"] == 1
    assert told["failures"][0]["found"] == ["CA-SPM-001"]
