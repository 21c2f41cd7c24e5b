"""The datasheet says what the manifest says, for people."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("datasketch")

from shelfguard.learn.data.catalog import Sampling
from shelfguard.learn.data.datasheet import datasheet, gaps
from shelfguard.learn.data.sources import Sources
from tests.unit.learn.data.tiny_dataset import CLAUSE, TinyInputs


@pytest.fixture
def tiny(tmp_path: Path) -> TinyInputs:
    return TinyInputs(tmp_path)


def test_it_has_every_part_that_a_datasheet_has(tiny: TinyInputs) -> None:
    text = (tiny.build().root / "datasheet.md").read_text("utf-8")
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    parts = "Motivation Composition Collection Sampling Labels Split Known gaps Uses"
    assert " ".join(headings) == parts


def test_its_numbers_are_those_of_the_dataset(tiny: TinyInputs) -> None:
    labels = tiny.write_labels(tiny.label("p1"), tiny.label("p2", annotator="ben"))
    sources = Sources([tiny.feed, labels], sampling=Sampling(sample=2))
    dataset = tiny.build(sources=sources)
    text = datasheet(dataset.manifest)
    assert f"{len(dataset.everything)} listings." in text
    reviewed = [line for line in text.splitlines() if line.startswith("| real | reviewed |")]
    assert sum(int(line.split("|")[-2]) for line in reviewed) == 2
    assert f"| {CLAUSE} |" in text
    assert "feed.csv: 2 of 4 rows that nobody reviewed, drawn at random, seed 0" in text
    assert "| review | ben | 1 | 50.0% |" in text
    assert dataset.id in text


def test_no_line_breaks_a_table(tiny: TinyInputs) -> None:
    """A name with a pipe in it is one cell."""
    file = tiny.write_feed({"q": "Silver ring"}, "odd|name.csv")
    text = datasheet(tiny.build(file).manifest)
    assert "| odd\\|name.csv | catalog |" in text
    lines = text.splitlines()
    tables = [n for n, line in enumerate(lines) if line.startswith("|--")]
    for start in tables:
        width = lines[start].count("|")
        assert lines[start - 1].replace("\\|", "").count("|") == width
        assert lines[start + 1].replace("\\|", "").count("|") == width


def test_gaps_name_clauses_with_too_few_violations(tiny: TinyInputs) -> None:
    (line,) = gaps(tiny.build().manifest)
    assert line.startswith(f"{CLAUSE}: ")
    assert "1 to test on" in line
