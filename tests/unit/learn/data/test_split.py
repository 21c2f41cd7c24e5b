"""What each row may be used for."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.data.collected import Entry
from shelfguard.learn.data.corpus import is_held_out
from shelfguard.learn.data.dataset import Origin, Split
from shelfguard.learn.data.split import SplitRule, assign

CUT = datetime(2026, 10, 1, tzinfo=UTC)

EXAMPLE = Entry("0", "example", Origin.WRITTEN, "positive", "en", "examples/x.jsonl")
CASE = replace(EXAMPLE, content_hash="1", name="case", fixed=Split.TEST)
KEPT = replace(EXAMPLE, content_hash="2", name="kept", fixed=Split.CALIBRATION)
CATALOG = Entry("3", "feed.csv:1", Origin.REAL, "catalog", "en", "feed.csv")
OLD = replace(CATALOG, content_hash="4", kind="reviewed", as_of=CUT - timedelta(days=1))
NEW = replace(OLD, content_hash="5", as_of=CUT + timedelta(days=1))
KINDS = (EXAMPLE, CASE, KEPT, CATALOG, OLD, NEW)


def sides(*entries: Entry, rule: SplitRule | None = None) -> list[Split | None]:
    """The splits of rows that are all in one group."""
    return assign(entries, ["g"] * len(entries), rule or SplitRule())


def rows() -> st.SearchStrategy[list[tuple[Entry, str]]]:
    made = st.builds(
        lambda kind, n, group: (replace(kind, content_hash=f"{n}", name=f"row-{n}"), group),
        st.sampled_from(KINDS),
        st.integers(0, 10_000),
        st.sampled_from("abcdefgh"),
    )
    return st.lists(made, max_size=30, unique_by=lambda row: row[0].name)


RULES = st.builds(SplitRule, st.sampled_from(["test", "by-rule"]), st.sampled_from([None, CUT]))


@given(rows(), RULES)
def test_no_group_is_on_two_sides(drawn: list[tuple[Entry, str]], rule: SplitRule) -> None:
    entries, groups = [row[0] for row in drawn], [row[1] for row in drawn]
    found: dict[str, set[Split]] = {}
    for name, split in zip(groups, assign(entries, groups, rule), strict=True):
        if split:
            found.setdefault(name, set()).add(split)
    assert all(len(splits) == 1 for splits in found.values())


@given(rows(), RULES, st.randoms(use_true_random=False))
def test_a_split_does_not_depend_on_the_order_of_the_rows(
    drawn: list[tuple[Entry, str]], rule: SplitRule, rng: random.Random
) -> None:
    def told(some: list[tuple[Entry, str]]) -> dict[str, Split | None]:
        entries = [row[0] for row in some]
        splits = assign(entries, [row[1] for row in some], rule)
        return {entry.name: split for entry, split in zip(entries, splits, strict=True)}

    assert told(drawn) == told(rng.sample(drawn, len(drawn)))


@given(rows())
def test_cases_and_reviewed_rows_are_never_dropped(drawn: list[tuple[Entry, str]]) -> None:
    entries = [row[0] for row in drawn]
    splits = assign(entries, [group for _, group in drawn], SplitRule())
    for entry, split in zip(entries, splits, strict=True):
        if entry.fixed is Split.TEST or entry.kind == "reviewed":
            assert split is Split.TEST


@given(st.text(min_size=1))
def test_a_row_alone_is_where_the_shipped_models_had_it(name: str) -> None:
    expected = Split.CALIBRATION if is_held_out(name) else Split.TRAIN
    assert sides(replace(EXAMPLE, name=name)) == [expected]


def test_a_group_takes_the_side_of_its_first_name() -> None:
    names = [f"row-{n}" for n in range(40)]
    held_out = next(name for name in names if is_held_out(name))
    later = [f"{held_out}-{n}" for n in range(9)]
    group = [replace(EXAMPLE, name=name) for name in [*later, held_out]]
    assert set(sides(*group)) == {Split.CALIBRATION}


def test_what_is_grouped_with_a_test_row_is_dropped() -> None:
    assert sides(CASE, EXAMPLE, CATALOG, KEPT) == [Split.TEST, None, None, None]


def test_a_reviewed_row_goes_with_its_group_to_the_test_rows() -> None:
    rule = SplitRule("by-rule")
    assert sides(CASE, OLD, rule=rule) == [Split.TEST, Split.TEST]


def test_a_calibration_file_takes_its_groups_along() -> None:
    assert sides(KEPT, EXAMPLE) == [Split.CALIBRATION, Split.CALIBRATION]


@pytest.mark.parametrize("reviewed", ["test", "by-rule"])
def test_what_is_newer_than_the_cut_tests(reviewed: Literal["test", "by-rule"]) -> None:
    rule = SplitRule(reviewed, CUT)
    assert sides(NEW, rule=rule) == [Split.TEST]
    old = sides(OLD, rule=rule) == [Split.TEST]
    assert old is (reviewed == "test")


def test_the_rule_says_what_it_does() -> None:
    rule = SplitRule("by-rule", CUT).as_dict()
    assert rule["test_after"] == "2026-10-01T00:00:00+00:00"
    assert any("after 2026-10-01" in step for step in rule["steps"])
    assert not any("people reviewed test" in step for step in rule["steps"])
