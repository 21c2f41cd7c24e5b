"""Evidence that a reader can check against the listing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.decision import Evidence
from shelfguard.learn.train.student import Document, train
from shelfguard.listing import Batch
from shelfguard.models.student import NEAR, Student
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.evidence import MAX_QUOTES, Witness, is_true

CLAUSE = "CA-WPN-001"
CONTEXT = f"lexicon-context:{CLAUSE}"
DOCUMENTS = [
    Document(["brass knuckles"], frozenset()),
    Document(["solid metal knuckles"], frozenset({"attributes:gtin"})),
    Document(["brass knuckles, four finger holes"], frozenset({"attributes:gtin"})),
    Document(["hdmi cable"], frozenset()),
    Document(["cable holder"], frozenset({CONTEXT})),
    Document(["wool socks"], frozenset({CONTEXT})),
]
TARGETS = np.array([[1, 1]] * 3 + [[0, 0]] * 3, np.float32)

PIECES = [
    *(
        "brass",
        "knuckles",
        "KNUCKLES",
        "kn\u200buckles",
        "br@ss",
        "knuckl\u0435s",
        "k n u c k l e s",
    ),
    *(
        "<b>",
        "</b>",
        "<br>",
        "&amp;",
        "&#107;",
        "<!--",
        "-->",
        "&amp;lt;b&amp;gt;",
        "\u00e9t\u00e9",
    ),
    *(" ", "\n", "\0", "<script>", "</script>", "\U0001f600", "\ufb01", "cable"),
]
Disguised = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)


@pytest.fixture(scope="module")
def student() -> Student:
    return train(DOCUMENTS, TARGETS, [CLAUSE, NEAR])


def derived(**fields: Any) -> Derived:
    return Derived(Batch.from_records([{"id": "0", "title": {"en": "Gift"}, **fields}]))


def witness(listing: Derived, *hits: Hit) -> Witness:
    return Witness(listing, 0, hits)


@settings(max_examples=60)
@given(Disguised, Disguised)
def test_every_quote_is_the_slice_of_the_source_that_it_names(
    student: Student, title: str, description: str
) -> None:
    source = {"title": title, "description": description}
    listing = derived(title={"en": title}, description={"en": description})
    for piece in witness(listing).evidence(CLAUSE, student):
        assert piece.quote == source[piece.field][piece.start : piece.end]
        assert piece.quote


@settings(max_examples=60)
@given(Disguised, st.data())
def test_a_hit_in_folded_text_is_quoted_as_submitted(text: str, data: st.DataObject) -> None:
    listing = derived(title={"en": text})
    folded = listing.folded[0] if listing.folded else ""
    start = data.draw(st.integers(0, max(len(folded) - 1, 0)))
    end = data.draw(st.integers(start, len(folded)))
    hit = Hit(0, f"lexicon:{CLAUSE}", 0, start, end, note="knuckles")
    if not listing.folded:
        return
    (piece,) = witness(listing, hit).evidence(CLAUSE, None)
    assert piece.quote == text[piece.start : piece.end]
    assert (piece.signal, piece.field, piece.lang, piece.note) == (
        "lexicon",
        "title",
        "en",
        "knuckles",
    )


def test_disguised_words_are_quoted_with_their_disguise(student: Student) -> None:
    source = "Solid <b>br@ss knuckl\u0435s</b> &amp; case"
    pieces = witness(derived(description={"en": source})).evidence(CLAUSE, student)
    assert any("br@ss knuckl\u0435s" in (piece.quote or "") for piece in pieces)
    assert all((piece.weight or 0) > 0 for piece in pieces)


def test_the_same_place_in_two_languages_is_quoted_twice() -> None:
    listing = derived(title={"en": "Knuckle", "fr": "Knuckle"})
    hits = [Hit(0, f"lexicon:{CLAUSE}", segment, 0, 7, note="knuckle") for segment in (0, 1)]
    found = witness(listing, *hits, *hits).evidence(CLAUSE, None)
    assert [(piece.lang, piece.quote) for piece in found] == [("en", "Knuckle"), ("fr", "Knuckle")]


def test_a_finding_counts_for_a_clause_that_it_names_or_that_the_model_ties_it_to(
    student: Student,
) -> None:
    gtin = Hit(0, "attributes:gtin", field="identifiers", value=None)
    other = Hit(0, "lexicon:CA-HLT-002", 0, 0, 4)
    listing = derived()
    assert witness(listing, gtin, other).evidence(CLAUSE, None) == []
    (piece,) = witness(listing, gtin, other).evidence(CLAUSE, student)
    assert piece == Evidence("attribute", "attributes", "identifiers", note="gtin")


def test_a_finding_that_speaks_against_a_clause_is_no_evidence_for_it(student: Student) -> None:
    innocent = Hit(0, CONTEXT, 0, 0, 4, note="holder for")
    assert witness(derived(), innocent).evidence(CLAUSE, student) == []


def test_only_the_heaviest_words_are_quoted(student: Student) -> None:
    text = " cable ".join(["brass knuckles"] * 9)
    found = witness(derived(description={"en": text})).evidence(CLAUSE, student)
    assert 0 < len(found) <= MAX_QUOTES


def test_a_quote_that_is_not_in_the_source_is_false() -> None:
    texts: dict[tuple[str, str | None], str] = {("title", "en"): "Brass ring"}
    assert is_true(Evidence("span", "text", "title", "en", 0, 5, "Brass"), texts)
    assert not is_true(Evidence("span", "text", "title", "en", 1, 6, "Brass"), texts)
    assert not is_true(Evidence("span", "text", "title", "fr", 0, 5, "Brass"), texts)


def test_what_an_innocent_neighbour_cancelled_is_no_evidence() -> None:
    listing = derived(title={"en": "Holder for knuckles"})
    assert witness(listing, Hit(0, CONTEXT, 0, 11, 19)).evidence(CLAUSE, None) == []
