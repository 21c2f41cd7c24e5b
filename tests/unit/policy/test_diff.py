from __future__ import annotations

import json

from shelfguard.listing import Batch
from shelfguard.policy.diff import Diff, Flip, compare
from tests.unit.policy.tinypack import WordDecider

OLD = WordDecider({"knife": ("CA-WPN-002", "review"), "ring": ("CA-WPN-001", "review")})
NEW = WordDecider({"knife": ("CA-WPN-002", "block"), "bolas": ("CA-WPN-003", "review")})
TITLES = ["knife", "ring", "bolas", "mug", "cup", "ring knife"]


def batch(titles: list[str], first: int = 0) -> Batch:
    return Batch.from_records(
        {"id": f"r{first + n}", "title": {"en": title}} for n, title in enumerate(titles)
    )


def diff() -> Diff:
    return compare(OLD, NEW, [batch(TITLES[:4]), batch(TITLES[4:], 4)])


def test_flips_are_counted_by_clause_and_change() -> None:
    found = diff()
    assert found.rows == 6
    assert {clause: dict(part.counts) for clause, part in found.clauses.items()} == {
        "CA-WPN-001": {"removed": 2},
        "CA-WPN-002": {"changed": 2},
        "CA-WPN-003": {"added": 1},
    }


def test_a_row_with_two_flips_is_one_flipped_row() -> None:
    assert (diff().share().hits, diff().share().total) == (4, 6)
    assert diff().share("CA-WPN-001").value == 2 / 6
    assert diff().share("CA-WPN-009").value == 0


def test_review_load_is_per_ten_thousand() -> None:
    assert diff().load("old") == 5000
    assert round(diff().load("new")) == 1667


def test_samples_show_old_and_new() -> None:
    assert diff().clauses["CA-WPN-003"].samples == [Flip("r2", "bolas", None, "review")]
    assert diff().clauses["CA-WPN-002"].samples[0].new == "block"


def test_the_sample_is_bounded_and_the_same_for_any_order_or_batching() -> None:
    rows = batch(["ring"] * 500)
    once = compare(OLD, NEW, [rows], samples=5)
    split = compare(OLD, NEW, [rows.slice(250, 250), rows.slice(0, 250)], samples=5)
    assert once.clauses["CA-WPN-001"].samples == split.clauses["CA-WPN-001"].samples
    assert len(once.clauses["CA-WPN-001"].samples) == 5
    assert not compare(OLD, NEW, [rows], samples=0).clauses["CA-WPN-001"].samples


def test_duplicate_ids_are_no_obstacle() -> None:
    assert compare(OLD, NEW, [batch(["ring"]), batch(["ring knife"])]).rows == 2


def test_the_same_decider_flips_nothing() -> None:
    same = compare(OLD, OLD, [batch(TITLES)])
    assert not same.clauses
    assert same.share().hits == 0


def test_an_empty_feed_is_fine_and_goes_to_json() -> None:
    told = json.loads(json.dumps(compare(OLD, NEW, []).as_dict()))
    assert told["rows"] == 0
    assert told["review_per_10000"] == {"old": 0, "new": 0}
