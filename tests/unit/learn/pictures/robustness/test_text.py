"""The trial of the text reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.images.picture import Box
from shelfguard.images.text_lines import TextLine
from shelfguard.learn.pictures.robustness.text import folded, is_read

PLACE = Box(0.2, 0.2, 0.8, 0.3)


def line(text: str, left: float = 0.2, right: float = 0.8, top: float = 0.2) -> TextLine:
    return TextLine(text, 0.9, Box(left, top, right, top + 0.1))


def test_case_and_spaces_do_not_matter() -> None:
    assert is_read("Free shipping", PLACE, [line("FREESHIPPING")])


@pytest.mark.parametrize("text", ["Free shippin", "Free shipping!", "Frée shipping", ""])
def test_every_other_letter_does(text: str) -> None:
    assert not is_read("Free shipping", PLACE, [line(text)])


def test_a_line_may_be_read_in_pieces() -> None:
    pieces = [line("Free", right=0.5), line("shipping", left=0.5)]
    assert is_read("Free shipping", PLACE, pieces)


def test_what_is_read_elsewhere_does_not_count() -> None:
    assert not is_read("Free shipping", PLACE, [line("Free shipping", top=0.6)])


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = folded(text)
    assert once == "".join(once.split())
    assert folded(text.replace(" ", "  ")) == once
