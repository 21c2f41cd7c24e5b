"""The promise that makes an index exact: near hashes are near in some part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.hashes.parts import plan, split
from shelfguard.images.hashes.spread import BITS, spread
from tests.unit.images.hashes.near import flipped, random_words

RADII = st.integers(0, 64)


@settings(deadline=None, max_examples=100)
@given(RADII, st.data())
def test_hashes_within_the_radius_are_near_in_one_part_at_least(
    radius: int, data: st.DataObject
) -> None:
    parts = split(data.draw(st.integers(1, min(radius + 1, 32))), radius)
    words = random_words(20, seed=radius)
    near = flipped(words, data.draw(st.integers(0, radius)), seed=radius)
    one, other = spread(words, len(parts)), spread(near, len(parts))
    differing = [np.bitwise_count(part.keys(one) ^ part.keys(other)) for part in parts]
    within = [bits <= part.radius for bits, part in zip(differing, parts, strict=True)]
    assert np.any(within, axis=0).all()


@settings(deadline=None, max_examples=100)
@given(RADII, st.integers(1, 10**8))
def test_parts_do_not_overlap_and_their_radii_add_up(radius: int, count: int) -> None:
    parts = plan(count, radius)
    assert sum(part.radius + 1 for part in parts) == radius + 1
    ends = [part.start + part.width for part in parts]
    assert all(end <= part.start for end, part in zip(ends, parts[1:], strict=False))
    assert ends[-1] <= BITS


@pytest.mark.parametrize("radius", [0, 1, 2])
def test_flips_turn_a_key_into_every_key_within_the_radius(radius: int) -> None:
    part = split(10, 10 * (radius + 1) - 1)[0]
    bits = np.bitwise_count(part.flips())
    assert bits.max(initial=0) == radius == part.radius
    assert len(np.unique(part.flips())) == len(bits) == [1, 1 + 24, 1 + 24 + 276][radius]


def test_more_hashes_take_fewer_and_wider_parts() -> None:
    widths = [plan(count, 31)[0].width for count in (10**3, 10**5, 10**6, 10**7)]
    assert widths == sorted(widths)
    assert widths[-1] == 24
