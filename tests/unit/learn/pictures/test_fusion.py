"""Learning how text and pictures weigh, from listings made of both."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("sklearn", reason="needs the extra 'learn'")

from shelfguard.learn.pictures.ablation import ablation, table
from shelfguard.learn.pictures.fusion import fit
from shelfguard.learn.pictures.pairing import Paired, Pictures, Text, Wording, paired
from shelfguard.signals.fusion import fused

SEEN = Pictures(
    guns=[("gun", {"pistol": 0.9}), ("rifle", {"long gun": 0.8})],
    others=[("mug", {}), ("knife", {"knife": 0.9, "pistol": 0.03})],
)
TEXTS = [
    *(Text(f"v{n}", 0.5 + 0.04 * n, Wording.VIOLATES) for n in range(10)),
    *(Text(f"n{n}", 0.3 + 0.04 * n, Wording.LOOKS_ALIKE) for n in range(10)),
    *(Text(f"o{n}", 0.001 * n, Wording.ORDINARY) for n in range(40)),
]


@pytest.fixture(scope="module")
def made() -> list[Paired]:
    return list(paired(TEXTS, SEEN, 20, random.Random(1)))


def test_a_gun_under_ordinary_words_violates_and_one_beside_a_holster_does_not(
    made: list[Paired],
) -> None:
    shown = [each for each in made if each.objects and max(each.objects.values()) >= 0.8]
    guns = [each for each in shown if each.source in ("gun", "rifle")]
    assert {each.violates for each in guns if each.text.wording is Wording.ORDINARY} == {True}
    assert {each.violates for each in guns if each.text.wording is Wording.LOOKS_ALIKE} == {False}


def test_some_listings_have_no_picture(made: list[Paired]) -> None:
    assert 0.05 < sum(each.objects is None for each in made) / len(made) < 0.15


def test_what_is_learned_raises_with_text_and_with_guns(made: list[Paired]) -> None:
    fusion = fit(made)
    assert fusion.text > 0
    assert fusion.objects["pistol"] > 0
    assert fused(fusion, 0.001, {"pistol": 0.9}) > 5 * fused(fusion, 0.001, {})
    assert fused(fusion, 0.9, {"pistol": 0.9}) >= fused(fusion, 0.9, {}) == 0.9


def test_both_together_beat_either_where_violations_hide_in_either(made: list[Paired]) -> None:
    found = ablation(fit(made), made)["all"]
    precision = {way: figures["average_precision"][0] for way, figures in found.items()}
    assert precision["both"] > max(precision["text"], precision["picture"])
    assert table({"all": found})[2].startswith("| all | text | 0.")
