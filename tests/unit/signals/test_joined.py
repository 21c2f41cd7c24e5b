"""Texts side by side."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.signals.joined import BETWEEN, Joined

Texts = st.lists(st.text("ab é中", max_size=8), max_size=6)


@given(Texts)
def test_every_position_leads_back_to_its_text(texts: list[str]) -> None:
    joined = Joined(texts)
    inside = np.flatnonzero(joined.codes != ord(BETWEEN))
    owners, firsts, lasts = joined.places(inside)
    for position, owner, first, last in zip(inside, owners, firsts, lasts, strict=True):
        assert joined.text[first:last] == texts[owner]
        assert joined.text[position] == texts[owner][position - first]


@given(Texts)
def test_bytes_and_characters_have_the_same_offsets(texts: list[str]) -> None:
    joined = Joined(texts)
    assert len(joined.raw) == len(joined.text) == len(joined.codes)
    assert joined.raw.count(BETWEEN.encode()) == max(len(texts), 0) + 1
