"""Thresholds and figures, each from pictures of their own."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn")

from shelfguard.images.picture_heads import Head
from shelfguard.images.standards import QUALITY
from shelfguard.learn.pictures.standards.fitting import fit
from shelfguard.learn.pictures.standards.report import figures, table
from shelfguard.learn.pictures.standards.solving import solved
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from tests.unit.learn.pictures.standards.rows import blurred_and_sharp


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("ca-marketplace")


def head(pack: Pack, pictures: int) -> Head:
    found = fit(QUALITY, blurred_and_sharp(120, seed=1))
    return solved(QUALITY, found, blurred_and_sharp(pictures, seed=2), pack)


def test_goals_are_shown_on_enough_pictures(pack: Pack) -> None:
    made = head(pack, 300)
    assert made.act.supported
    assert made.review.supported
    assert made.act.threshold is not None


def test_a_goal_that_too_few_pictures_show_has_a_reason_instead(pack: Pack) -> None:
    made = head(pack, 30)
    assert made.act.threshold is None
    assert made.act.reason is not None
    assert "held-out" in made.act.reason


def test_figures_tell_each_kind_apart(pack: Pack) -> None:
    found = figures(head(pack, 300), blurred_and_sharp(90, seed=3))
    assert (found["pictures"], found["violations"]) == (90, 30)
    assert found["auc"][0] == 1
    assert found["kinds"]["out of focus"]["review"] == 30
    assert found["kinds"]["soft photo as ground"]["review"] == 0


def test_figures_are_told_as_tables(pack: Pack) -> None:
    found = figures(head(pack, 300), blurred_and_sharp(90, seed=3))
    lines = "\n".join(table({QUALITY: found}))
    assert "| auc | 1.000 (1.000 to 1.000) |" in lines
    assert "| out of focus | True | 30 | 30 | 30 |" in lines
