"""What is drawn, and what each picture is labelled as."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from shelfguard.errors import DataError
from shelfguard.images.quality import QualityDetector
from shelfguard.images.standards import ALONE, CLAUSES, NO_TEXT, QUALITY
from shelfguard.learn.pictures.standards.kinds import KINDS, Kind
from shelfguard.learn.pictures.standards.part import Part, Sources, sources
from shelfguard.learn.pictures.standards.reading import as_decoded
from tests.unit.images.drawing import pixels_of

BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.fixture(scope="module")
def materials() -> Sources:
    thing = Image.new("RGBA", (200, 300))
    ImageDraw.Draw(thing).ellipse((0, 0, 199, 299), fill="#804020")
    try:
        return sources(Part.TRAIN, [], [thing])
    except DataError as error:
        pytest.skip(str(error))


def drawn(kind: Kind, materials: Sources, seed: int = 0) -> Image.Image:
    return kind.draw(random.Random(seed), materials).convert("RGB")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_same_seed_draws_the_same_picture(kind: Kind, materials: Sources) -> None:
    one, other = drawn(kind, materials), drawn(kind, materials)
    assert np.array_equal(pixels_of(one), pixels_of(other))


def test_only_what_is_drawn_too_small_is_too_small(materials: Sources) -> None:
    sizes = {kind.name: max(drawn(kind, materials).size) for kind in KINDS}
    assert {name for name, side in sizes.items() if side < 800} == {"too few pixels"}


def test_a_swatch_is_of_one_colour_and_a_placeholder_is_not(materials: Sources) -> None:
    seen = {
        name: QualityDetector().read(as_decoded(drawn(BY_NAME[name], materials), random.Random(0)))
        for name in ("swatch", "placeholder")
    }
    assert [found.one_colour for found in seen.values()] == [True, False]


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_is_kept_broken_and_nearly_broken(clause: str) -> None:
    labels = {kind.label(clause) for kind in KINDS}
    hard = [kind for kind in KINDS if clause in kind.hard_for]
    assert labels >= {0.0, 1.0}
    assert hard
    assert all(kind.label(clause) in (0.0, None) for kind in hard)


def test_a_later_picture_has_no_label_of_the_clause_on_main_pictures() -> None:
    later = BY_NAME["lifestyle in second place"]
    assert [later.label(clause) for clause in (ALONE, NO_TEXT, QUALITY)] == [None, 0.0, 0.0]


def test_a_size_chart_breaks_the_rule_only_as_main_picture() -> None:
    assert BY_NAME["size chart as main picture"].label(NO_TEXT) == 1
    assert BY_NAME["size chart in second place"].label(NO_TEXT) == 0
