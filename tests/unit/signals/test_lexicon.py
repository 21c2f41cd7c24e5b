from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.listing import Batch
from shelfguard.policy.pack import LexiconEntry, NegativeContext
from shelfguard.signals.base import Derived
from shelfguard.signals.lexicon import Lexicon

KNIVES, SPRAY, OTHER = "CA-WPN-002", "CA-WPN-005", "MKT-ALC-001"
HERE = Path("lexicons")


def entry(clause: str, phrase: str, lang: str = "en", *, weak: bool = False) -> LexiconEntry:
    return LexiconEntry(clause, lang, phrase, HERE, 1, weak)


def context(phrase: str, clause: str | None = None) -> NegativeContext:
    return NegativeContext(clause, "en", phrase, HERE, 1)


LEXICON = Lexicon(
    [
        entry(KNIVES, "switchblade"),
        entry(KNIVES, "brass knuckles"),
        entry(KNIVES, "butterfly knife"),
        entry(KNIVES, "couteau papillon", "fr"),
        entry(KNIVES, "coup-de-poing américain", "fr"),
        entry(SPRAY, "pepper spray"),
        entry(SPRAY, "self defence", weak=True),
        entry(OTHER, "alcoolisé", "fr"),
    ],
    [context("holder for"), context("dog", SPRAY)],
)


def found(text: str) -> set[tuple[str, str]]:
    return LEXICON.matches([text])[0]


def features(*titles: str) -> list[tuple[int, str]]:
    rows = [{"id": str(i), "title": {"en": title}} for i, title in enumerate(titles)]
    hits = LEXICON.run(Derived(Batch.from_records(rows)))
    return [(hit.row, hit.feature) for hit in hits]


@pytest.mark.parametrize(
    "text",
    [
        "Brass-Knuckle paperweight",
        "BRASS KNUCKLES",
        "brassknuckles!",
        "br@ss knuckl3s",
        "two butterfly knives",
        "lot de couteaux papillons",
        "couteaux papillon",
        "Coups-de-poing américains",
        "s.w.i.t.c.h.b.l.a.d.e",
        "a sw1tchblade",
        "swіtсhblаdе",
    ],
)
def test_a_phrase_is_found_in_every_form_and_disguise(text: str) -> None:
    assert {clause for clause, _ in found(text)} == {KNIVES}


def test_feminine_and_plural_forms() -> None:
    assert found("boisson alcoolisée")
    assert found("boissons alcoolisées")


@pytest.mark.parametrize("text", ["switchbladed", "unswitchblade", "brass; no knuckles", "brass"])
def test_only_whole_words_count(text: str) -> None:
    assert not found(text)


def test_a_phrase_never_runs_from_one_text_into_the_next() -> None:
    assert LEXICON.matches(["brass", "knuckles", ""]) == [set(), set(), set()]


def test_weak_phrases_have_their_own_feature() -> None:
    assert features("for self defence") == [(0, f"lexicon-weak:{SPRAY}")]


def test_an_innocent_neighbour_downgrades_a_match() -> None:
    assert features("Holder for pepper spray") == [(0, f"lexicon-context:{SPRAY}")]
    assert features("Pepper spray against any bad dog") == [(0, f"lexicon-context:{SPRAY}")]
    assert features("Switchblade with a dog on it") == [(0, f"lexicon:{KNIVES}")]


def test_neighbours_are_four_words_away_at_most() -> None:
    far = "Holder for keys and also a large can of pepper spray"
    assert features(far) == [(0, f"lexicon:{SPRAY}")]
    assert not found("Holder for pepper spray")


def test_one_hit_for_each_listing_and_phrase() -> None:
    assert features("switchblade switchblades", "x", "switchblade") == [
        (0, f"lexicon:{KNIVES}"),
        (2, f"lexicon:{KNIVES}"),
    ]


def test_a_hit_names_its_place_in_the_folded_text() -> None:
    batch = Batch.from_records([{"id": "1", "title": {"en": "Émail, a SWITCHBLADE 🙂"}}])
    derived = Derived(batch)
    (hit,) = LEXICON.run(derived)
    assert hit.segment == 0
    assert derived.folded[0][hit.start : hit.end] == "switchblade"
    assert hit.note == "switchblade"


def test_every_feature_is_announced() -> None:
    assert f"lexicon-context:{KNIVES}" in LEXICON.features
    assert len(LEXICON.features) == 9


def test_an_empty_lexicon_finds_nothing() -> None:
    assert Lexicon([]).matches(["anything"]) == [set()]


@given(st.lists(st.text(max_size=20), max_size=4), st.text(alphabet=" .,!?\n-", max_size=3))
def test_a_phrase_is_found_wherever_it_stands(texts: list[str], gap: str) -> None:
    planted = [f"{gap}switchblade{gap} {text}" for text in texts]
    assert all((KNIVES, "switchblade") in row for row in LEXICON.matches(planted))


@pytest.mark.parametrize("text", ["cigars box of 250", "cigars box office", "cigars box of 25"])
def test_where_a_longer_phrase_almost_stands_the_shorter_one_counts(text: str) -> None:
    lexicon = Lexicon([entry(OTHER, "cigars"), entry(OTHER, "cigars box of 25")])
    whole = "cigars box of 25" if text.endswith("25") else "cigars"
    assert lexicon.matches([text]) == [{(OTHER, whole)}]
