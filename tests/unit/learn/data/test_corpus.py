"""The rows that models learn from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.data.corpus import (
    CATALOGS,
    Corpus,
    catalog_batch,
    is_held_out,
    labels,
    learned_clauses,
    split,
    to_batch,
    unlike,
)
from shelfguard.policy.load import load_pack
from tests.unit.learn.rows import CLAUSE, CLAUSES, ROWS, look_alike, row
from tests.unit.policy.tinypack import TinyPack, labelled


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


THINGS = (
    *("bath towel", "oak table", "wool socks", "desk lamp", "garden hose"),
    *("silver ring", "hiking boots", "bread knife", "phone case", "paper cups"),
)


def catalog(data: Path, count: int, name: str = CATALOGS[0]) -> None:
    file = data / name
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"p{n},{THINGS[n % 10]} {THINGS[n // 10]}\n" for n in range(count)]
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


def test_held_out_listings_are_no_copies_of_those_trained_on(tmp_path: Path) -> None:
    """Several catalogs sell the same products under other ids."""
    for name in CATALOGS[:2]:
        catalog(tmp_path, 100, name)
    held_out = catalog_batch(tmp_path, 1000, 1, held_out=True)
    training = catalog_batch(tmp_path, 1000, 1, held_out=False)
    titles, others = (
        {title for record in batch.records() for title in record["title"].values()}
        for batch in (held_out, training)
    )
    assert titles.isdisjoint(others)
    assert unlike(["Towel, number 12"], ["towel, number 12 "]) == []


def test_a_corpus_learns_only_what_its_training_rows_show(tmp_path: Path) -> None:
    names = [f"row-{n:02}" for n in range(40)]
    held_out = next(name for name in names if is_held_out(name))
    tiny = TinyPack(tmp_path)
    examples = [
        labelled(held_out, "positive"),
        *(labelled(n, "benign") for n in names if n != held_out),
    ]
    tiny.write("examples/x.jsonl", "".join(json.dumps(line) + "\n" for line in examples))
    corpus = Corpus.of_pack(load_pack(tmp_path), tmp_path)
    assert corpus.clauses == []
    assert held_out in {row.id for row in corpus.held_out}
