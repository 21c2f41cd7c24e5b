"""Words as numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.models import word_vectors
from shelfguard.models.table import Table
from shelfguard.models.word_vectors import WordVectors
from shelfguard.models.words import word_buckets

BUCKETS = 64
RANDOM = np.random.default_rng(0)
TABLE = Table.trained(
    RANDOM.normal(size=(BUCKETS, 3)).astype(np.float32), RANDOM.random(BUCKETS).astype(np.float32)
).quantized()

Words = st.lists(st.text("abc01", min_size=1, max_size=8), max_size=20)


@given(Words)
def test_a_word_has_the_sum_of_its_grams_whenever_it_is_met(words: list[str]) -> None:
    known = WordVectors(TABLE)
    numbers = [int(known.tokens([word])[0]) for word in words]
    alone = known.vectors[numbers]
    others = WordVectors(TABLE)
    tokens = others.tokens([" ".join(words)])
    together = others.vectors[tokens[tokens > 0]]
    assert together.tobytes() == alone.tobytes()


def test_a_word_has_the_weights_of_its_buckets() -> None:
    known = WordVectors(TABLE)
    (number,) = known.numbers([b"knife"])
    buckets = word_buckets(b"knife", BUCKETS)
    expected = TABLE.vectors(np.array(buckets)).sum(axis=0)
    np.testing.assert_allclose(known.vectors[number], expected, rtol=1e-5)
    assert known.rarities[number] == TABLE.idf[buckets[0]]


def test_a_text_ends_with_a_number_that_weighs_nothing() -> None:
    known = WordVectors(TABLE)
    one, end, other, last = known.tokens(["axe", "axe"])
    assert (one, end, last) == (other, 0, 0)
    assert not known.vectors[0].any()


def test_model_numbers_of_one_shape_are_one_word() -> None:
    known = WordVectors(TABLE)
    assert len(set(known.tokens(["kx1234 kx9876"]).tolist())) == 2


@pytest.mark.parametrize(
    ("limit", "most", "word", "kept"),
    [("CACHED_WORDS", 10, "word", 12), ("CACHED_BYTES", 1000, "x" * 400, 5)],
    ids=["many", "long"],
)
def test_words_are_forgotten_before_they_are_too_many_or_too_long(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int, word: str, kept: int
) -> None:
    monkeypatch.setattr(word_vectors, limit, most)
    known = WordVectors(TABLE)
    for number in range(50):
        known.tokens([f"{word}{number}"])
    assert len(known.vectors) <= kept
    assert known.tokens(["axe"])[-1] == 0
