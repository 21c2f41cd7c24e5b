from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shelfguard.policy.similar import SHINGLE, similar_pairs


def jaccard(a: str, b: str) -> float:
    def shingles(text: str) -> set[str]:
        plain = " ".join(text.casefold().split()).ljust(SHINGLE)
        return {plain[i : i + SHINGLE] for i in range(len(plain) - SHINGLE + 1)}

    return len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))


def test_case_and_spacing_do_not_make_a_text_different() -> None:
    assert list(similar_pairs(["Brass  Knuckles"], ["x", "brass knuckles\n"], 0.8)) == [(0, 1, 1.0)]


def test_nothing_is_similar_to_nothing() -> None:
    assert list(similar_pairs([], [], 0.8)) == []
    assert list(similar_pairs(["a"], [], 0.8)) == []


texts = st.lists(st.text("ab é\ud800", max_size=12), max_size=8)


@given(texts, texts, st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_exactly_the_similar_pairs_are_found(
    left: list[str], right: list[str], threshold: float
) -> None:
    found = {(n, m) for n, m, _ in similar_pairs(left, right, threshold)}
    assert found == {
        (n, m)
        for n, a in enumerate(left)
        for m, b in enumerate(right)
        if jaccard(a, b) >= threshold
    }
