"""The benchmark's own parts: a catalog that is the same each time, and peers that learn."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from benchmarks import catalog
from benchmarks.pinned import medians
from benchmarks.scan import Bar

from shelfguard.learn.evaluate.peers import FastText, TfidfRegression, targets
from shelfguard.policy.rows import Kind, Row


def row(number: int, title: str, clause: str | None = None) -> Row:
    kind: Kind = "positive" if clause else "benign"
    return Row(
        id=str(number), lang="en", title=title, violates=[clause] if clause else [], kind=kind
    )


ROWS = [
    *(row(n, f"brass knuckle duster number {n}", "CA-WPN-001") for n in range(20)),
    *(row(n, f"herbal tea that cures diabetes {n}", "CA-HLT-002") for n in range(20, 40)),
    *(row(n, f"cotton bath towel {n}") for n in range(40, 60)),
]
CLAUSES = ["CA-HLT-002", "CA-WPN-001"]


@pytest.fixture(scope="module")
def real_rows() -> list[catalog.Row]:
    return catalog.real_rows()


@pytest.fixture
def _read_before(monkeypatch: pytest.MonkeyPatch, real_rows: list[catalog.Row]) -> None:
    """Finding the real rows that no model has seen takes long; catalogs grow from those found."""
    monkeypatch.setattr(catalog, "real_rows", real_rows.copy)


@pytest.mark.usefixtures("_read_before")
def test_the_same_seed_grows_the_same_catalog() -> None:
    assert list(catalog.grow(50, seed=1)) == list(catalog.grow(50, seed=1))
    assert list(catalog.grow(50, seed=1)) != list(catalog.grow(50, seed=2))


@pytest.mark.usefixtures("_read_before")
def test_a_grown_catalog_has_changed_words_and_ids_of_its_own(real_rows: list[catalog.Row]) -> None:
    rows = list(catalog.grow(200))
    titles = {row["title"] for row in real_rows}
    assert len({row["id"] for row in rows}) == 200
    assert sum(row["title"] in titles for row in rows) < 100


def test_without_shared_data_the_catalog_grows_from_ordinary_examples(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalog, "SHARED", tmp_path)
    assert len(list(catalog.grow(3))) == 3
    assert "No shared product data" in capsys.readouterr().err


@pytest.mark.usefixtures("_read_before")
@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_a_catalog_is_written_a_row_at_a_time(tmp_path: Path, name: str) -> None:
    assert catalog.write(tmp_path / name, islice(catalog.grow(10), 5)) == 5
    if name.endswith("csv"):
        assert len(catalog.read(tmp_path / name)) == 5
    else:
        lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
        assert all(json.loads(line)["title"] for line in lines)


@pytest.mark.parametrize("peer", [FastText, TfidfRegression])
def test_a_peer_scores_a_clause_highest_where_it_is_broken(
    peer: type[FastText] | type[TfidfRegression],
) -> None:
    scores = peer.train(ROWS, CLAUSES).scores(ROWS)
    truth = targets(ROWS, CLAUSES)
    assert scores.shape == truth.shape
    assert scores.dtype == np.float32
    assert scores[truth == 1].min() > scores[truth == 0].max()


def test_a_bar_says_whether_it_holds() -> None:
    assert Bar("speed", 41, 40).holds
    assert not Bar("memory", 1.2, 1.1, at_least=False).holds
    assert "**no**" in Bar("memory", 1.2, 1.1, at_least=False).line()


def test_the_median_is_taken_number_by_number() -> None:
    assert medians([{"a": 1, "b": 9}, {"a": 2, "b": 7}, {"a": 9, "b": 8}]) == {"a": 2, "b": 8}
