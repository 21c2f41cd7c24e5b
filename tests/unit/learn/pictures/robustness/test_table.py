"""Figures for people and for programs."""

from __future__ import annotations

from shelfguard.learn.evaluate.resampling import Estimate
from shelfguard.learn.pictures.robustness.table import as_data, table
from shelfguard.learn.pictures.robustness.transforms import TRANSFORMS
from shelfguard.learn.pictures.robustness.trial import Row

NONE = Estimate(float("nan"), float("nan"), float("nan"))
SHARES = {each.name: Estimate(0.875, 0.8, 0.951234) for each in TRANSFORMS} | {"crop": NONE}
ROW = Row("hash", "hashes that are near", 9, 7, 11, SHARES)


def test_a_row_tells_shares_with_intervals_and_what_was_not_asked() -> None:
    lines = list(table([ROW]))
    assert lines[2].startswith("| hash | 11 (7) | 88 % (80 to 95) | – | 88 % (80 to 95) |")
    assert {line.count("|") for line in lines[:3]} == {len(TRANSFORMS) + 3}
    assert "- **hash**: hashes that are near" in lines
    assert "*rotation*: turned by 15 degrees" in lines[-1]


def test_data_hold_the_same_and_why_trials_are_left_out() -> None:
    data = as_data([ROW], {"objects": "no model"})
    (row,) = data["rows"]
    assert row["shares"]["JPEG"] == [0.875, 0.8, 0.9512]
    assert row["shares"]["crop"] is None
    assert (row["pictures"], row["groups"], row["things"]) == (9, 7, 11)
    assert data["left_out"] == {"objects": "no model"}
