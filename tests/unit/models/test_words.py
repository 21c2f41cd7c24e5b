"""Words of folded text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.models.words import WORD, shape, split_words, word_grams


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x01"), max_size=40))
def test_scores_and_contributions_read_the_same_words(text: str) -> None:
    assert [word.decode() for word in split_words(text)] == WORD.findall(text)


def test_model_numbers_are_known_by_their_shape() -> None:
    assert shape(b"kx1234") == shape(b"kx9876") == b"kx0000"
    assert shape(b"iphone6") == b"iphone6"
    assert shape(b"510") == b"510"


def test_a_word_is_made_of_itself_and_its_short_runs() -> None:
    assert word_grams(b"axe") == [b"<axe>", b"<ax", b"axe", b"xe>", b"<axe", b"axe>"]
