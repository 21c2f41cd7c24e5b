"""Cutting a text for display loses nothing, and shows what was meant to be hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.report.marks import HIDDEN, Piece, merge, pieces, visible

SPANS = st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=6)


def test_words_are_marked_where_they_stand() -> None:
    assert pieces("Push dagger ring", [(0, 11)]) == [
        Piece("Push dagger", "mark"),
        Piece(" ring", "text"),
    ]


def test_overlapping_spans_become_one_mark() -> None:
    assert merge([(4, 9), (0, 5), (9, 9)]) == [(0, 9)]


def test_a_long_text_keeps_what_is_near_its_marks() -> None:
    text = "a" * 900 + "KNIFE" + "b" * 900
    cut = pieces(text, [(900, 905)], room=100)
    assert [piece.kind for piece in cut] == ["gap", "text", "mark", "text", "gap"]
    assert sum(len(piece.text) for piece in cut if piece.kind != "gap") == 105


def test_a_long_text_without_marks_keeps_its_beginning() -> None:
    assert pieces("ab" * 50, room=4) == [Piece("abab", "text"), Piece("…", "gap")]


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\x00", "\x1b", "\u2066"])
def test_characters_that_deceive_are_shown_by_number(character: str) -> None:
    number = f"U+{ord(character):04X}"
    assert Piece(number, "hidden") in pieces(f"a{character}b", [(0, 3)])
    assert visible(f"a{character}b") == f"a[{number}]b"


@given(st.text(max_size=80), SPANS)
def test_nothing_is_lost(text: str, spans: list[tuple[int, int]]) -> None:
    cut = pieces(text, spans)
    shown = "".join(piece.text for piece in cut)
    assert shown == HIDDEN.sub(lambda m: f"U+{ord(m[0]):04X}", text)


@given(st.text(alphabet="abc ", max_size=200), SPANS, st.integers(1, 60))
def test_every_marked_character_stays_marked_however_short_the_room(
    text: str, spans: list[tuple[int, int]], room: int
) -> None:
    marked = "".join(piece.text for piece in pieces(text, spans, room) if piece.kind == "mark")
    wanted = merge((min(a, len(text)), min(b, len(text))) for a, b in spans)
    assert marked == "".join(text[a:b] for a, b in wanted)
