"""Rewriting training rows in other registers."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.train.augment import roughen
from shelfguard.policy.rows import Row
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
)
Texts = st.text(max_size=40)


@given(Texts, st.none() | Texts, st.integers(0, 2**32))
def test_a_rough_row_keeps_its_labels_and_adds_no_field(
    title: str, description: str | None, seed: int
) -> None:
    source = row("1", title, CLAUSE, description=description, brand="Vektor")
    rough = roughen(source, random.Random(seed))
    for name in ("id", "lang", "violates", "near", "kind", "price"):
        assert getattr(rough, name) == getattr(source, name)
    assert rough.brand in (source.brand, None)
    assert rough.category is None
    assert rough.attributes == {}


@given(st.integers(0, 2**32))
def test_a_seed_gives_the_same_rows(seed: int) -> None:
    first, second = (roughen(FULL, random.Random(seed)) for _ in range(2))
    assert first == second


def drawn() -> list[Row]:
    rng = random.Random(7)
    return [roughen(FULL, rng) for _ in range(300)]


def test_descriptions_are_cut_after_a_sentence_or_left_out() -> None:
    cuts = {(row.description or "").lower() for row in drawn()}
    whole = (FULL.description or "").lower()
    assert {"", "made of metal", whole} <= cuts
    assert all(whole.startswith(cut) for cut in cuts)


def test_titles_come_as_written_in_either_case_and_respelt() -> None:
    titles = {row.title for row in drawn()}
    plain, lower, upper = FULL.title, FULL.title.lower(), FULL.title.upper()
    assert {plain, lower, upper} < titles
    respelt = titles - {plain, lower, upper}
    assert any("kn0ckl3$" in title.lower() or "knuckl3$" in title.lower() for title in respelt)
    assert any("*" in title for title in respelt)


def test_a_title_keeps_its_shorter_words() -> None:
    assert all("solid" in row.title.lower() for row in drawn())
