from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.hashes.hamming import distances
from shelfguard.images.hashes.spread import gathered, spread
from tests.unit.images.hashes.near import flipped, random_words


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 32), st.integers(0, 100))
def test_spread_hashes_can_be_gathered_again(parts: int, seed: int) -> None:
    words = random_words(5, seed)
    assert (gathered(spread(words, parts), parts) == words).all()


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 32), st.integers(0, 256))
def test_spreading_keeps_distances(parts: int, bits: int) -> None:
    words = random_words(3)
    assert (distances(spread(words, parts), spread(flipped(words, bits), parts)) == bits).all()
