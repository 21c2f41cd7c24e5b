"""Which listings are unlike anything seen."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.learn.calibrate.familiarity import novelty_threshold


def test_a_thousand_listings_at_least_show_one_false_alarm_in_a_thousand() -> None:
    assert novelty_threshold(np.arange(998, dtype=np.float32)) is None
    assert novelty_threshold(np.arange(999, dtype=np.float32)) == 998


@given(st.lists(st.floats(0, 12, width=32), min_size=1, max_size=200), st.floats(0.01, 0.5))
def test_no_more_than_the_promised_share_lies_above(rarity: list[float], share: float) -> None:
    threshold = novelty_threshold(np.array(rarity, np.float32), share)
    if threshold is not None:
        # One more listing may be rarer than all of these.
        above = sum(one > threshold for one in rarity) + 1
        assert above <= share * (len(rarity) + 1) + 1e-6
