"""The rows that models learn from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.corpus import (
    CATALOGS,
    catalog_batch,
    is_held_out,
    labels,
    learned_clauses,
    split,
    to_batch,
)
from shelfguard.policy.load import load_pack
from tests.unit.learn.rows import CLAUSE, CLAUSES, ROWS, look_alike, row
from tests.unit.policy.tinypack import TinyPack


@given(st.sets(st.text(min_size=1, max_size=8), max_size=30), st.text(min_size=1, max_size=8))
def test_a_row_keeps_its_side_whatever_rows_come_beside_it(names: set[str], one: str) -> None:
    rows = [row(name, "Lamp") for name in sorted({*names, one})]
    training, held_out = split(rows)
    assert sorted(r.id for r in training + held_out) == sorted(r.id for r in rows)
    assert (one in {r.id for r in held_out}) is is_held_out(one)


def test_about_an_eighth_is_held_out() -> None:
    share = sum(is_held_out(f"row-{n:05}") for n in range(5000)) / 5000
    assert share == pytest.approx(1 / 8, abs=0.03)


def test_a_file_may_be_kept_for_calibration_alone() -> None:
    rows = [row(f"row-{n:02}", "Lamp") for n in range(40)]
    for kept in rows:
        kept._place = (Path("examples/ordinary.calibration.jsonl"), 1)
    assert split(rows) == ([], rows)


@given(st.text(min_size=1, max_size=8))
def test_twins_stay_on_one_side(name: str) -> None:
    assert is_held_out(f"{name}.a") is is_held_out(f"{name}.b")


def test_labels_say_what_a_row_violates_not_what_it_is_near() -> None:
    rows = [row("1", "Knuckles", CLAUSE), look_alike("2", "Pendant"), row("3", "Towel")]
    assert labels(rows, CLAUSES).tolist() == [[1, 0], [0, 0], [0, 0]]


def test_a_batch_carries_no_labels() -> None:
    (record,) = to_batch([row("1", "Knuckles", CLAUSE, brand="Vektor")]).records()
    assert (record["title"], record["brand"]) == ({"en": "Knuckles"}, "Vektor")
    assert CLAUSE not in str(record)


def test_only_clauses_with_a_violating_example_are_learned(tmp_path: Path) -> None:
    pack = load_pack(TinyPack(tmp_path).root)
    assert learned_clauses(pack, ROWS) == [CLAUSE]
    assert learned_clauses(pack, [look_alike("1", "Pendant")]) == []


def catalog(data: Path, count: int) -> None:
    file = data / CATALOGS[0]
    file.parent.mkdir(parents=True)
    lines = [f"p{n},Towel number {n}\n" for n in range(count)]
    file.write_text("id,title\n" + "".join(lines), encoding="utf-8")


def test_the_two_sides_of_the_catalogs_share_no_listing(tmp_path: Path) -> None:
    catalog(tmp_path, 100)
    sides = [catalog_batch(tmp_path, 1000, 1, held_out=side).ids() for side in (False, True)]
    assert sorted(sides[0] + sides[1]) == sorted(f"p{n}" for n in range(100))
    assert len(sides[0]) > len(sides[1]) > 0


def test_a_seed_draws_the_same_sample_of_the_catalogs(tmp_path: Path) -> None:
    catalog(tmp_path, 100)
    draws = [catalog_batch(tmp_path, 10, seed, held_out=False).ids() for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert len(set(draws[0])) == 10


def test_without_catalogs_there_are_no_listings(tmp_path: Path) -> None:
    assert len(catalog_batch(tmp_path, 10, 1, held_out=False)) == 0
