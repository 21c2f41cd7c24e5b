"""Rewriting training rows in other registers."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.train.augment import Style, augmented, roughen
from shelfguard.listing import Record
from tests.unit.learn.dataset_fixture import write_dataset
from tests.unit.learn.rows import CLAUSE, row

FULL = row(
    "1",
    "Solid Brass Knuckles",
    CLAUSE,
    description="Made of metal. Four finger holes. Ships today.",
    brand="Vektor",
    category="Gifts",
    attributes={"material": "brass"},
    price=9.5,
).record()
AS_WRITTEN = Style(
    no_description=0, first_sentences=0, no_brand=0, no_category=0, no_attributes=0,
    respelt_title=0, lower=0, upper=0,
)  # fmt: skip
Texts = st.text(max_size=40)


def rough(record: Record, seed: int, *, keeps_all: bool = False) -> Record:
    return roughen(record, random.Random(seed), Style(), keeps_all=keeps_all)


@given(Texts, st.none() | Texts, st.integers(0, 2**32))
def test_a_rough_row_gains_no_field(title: str, description: str | None, seed: int) -> None:
    source = row("1", title, description=description, brand="Vektor").record()
    found = rough(source, seed)
    assert found.keys() <= {*source, "bullets", "manufacturer"}
    assert (found["id"], found["price"]) == (source["id"], source["price"])
    assert found["brand"] in (source["brand"], None)
    assert found["category"] is None
    assert not found["attributes"]


@given(st.integers(0, 2**32))
def test_a_seed_gives_the_same_rows(seed: int) -> None:
    assert rough(FULL, seed) == rough(FULL, seed)


@given(st.integers(0, 2**32))
def test_what_makes_an_evasive_row_violate_is_never_left_out(seed: int) -> None:
    found = rough(FULL, seed, keeps_all=True)
    assert found["description"]["en"].lower() == FULL["description"]["en"].lower()
    assert found["attributes"] == FULL["attributes"]


def test_shares_of_zero_leave_a_row_as_written() -> None:
    assert roughen(FULL, random.Random(7), AS_WRITTEN, keeps_all=False) == FULL


def drawn() -> list[Record]:
    rng = random.Random(7)
    return [roughen(FULL, rng, Style(), keeps_all=False) for _ in range(300)]


def test_descriptions_are_cut_after_a_sentence_or_left_out() -> None:
    cuts = {(found["description"] or {"en": ""})["en"].lower() for found in drawn()}
    whole = FULL["description"]["en"].lower()
    assert {"", "made of metal", whole} <= cuts
    assert all(whole.startswith(cut) for cut in cuts)


def test_titles_come_as_written_in_either_case_and_respelt() -> None:
    titles = {found["title"]["en"] for found in drawn()}
    title = FULL["title"]["en"]
    plain, lower, upper = title, title.lower(), title.upper()
    assert {plain, lower, upper} < titles
    respelt = titles - {plain, lower, upper}
    assert any("kn0ckl3$" in title.lower() or "knuckl3$" in title.lower() for title in respelt)
    assert any("*" in title for title in respelt)


def test_a_title_keeps_its_shorter_words() -> None:
    assert all("solid" in found["title"]["en"].lower() for found in drawn())


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return write_dataset(tmp_path_factory.mktemp("data"))


def test_every_written_row_gets_a_rough_copy_with_its_labels(dataset: Dataset) -> None:
    part = dataset.train
    written = np.flatnonzero([origin == "written" for origin in part.column("origin")])
    more = augmented(part, Style(share=1.0), seed=7)
    assert len(more) == len(part) + len(written)
    np.testing.assert_array_equal(more.targets[len(part) :], part.targets[written])
    assert more.column("content_hash")[len(part) :] == [
        part.column("content_hash")[n] for n in written
    ]


def test_rough_rows_can_stand_in_place_of_those_as_written(dataset: Dataset) -> None:
    part = dataset.train
    found = augmented(part, Style(share=0.5, keep=False), seed=7)
    assert found.rows == part.rows
    changed = [
        origin
        for origin, old, new in zip(
            part.column("origin"), part.batch.records(), found.batch.records(), strict=True
        )
        if old != new
    ]
    assert changed
    assert set(changed) == {"written"}


def test_no_share_is_no_change(dataset: Dataset) -> None:
    assert augmented(dataset.train, Style(), seed=7) is dataset.train
