"""What the benchmark of text in pictures counts."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.picture_text import Measured, Outcome, is_read, report, saving
from PIL import Image

from shelfguard.images.picture import Box, Picture
from shelfguard.images.text_lines import TextLine, TextLines
from shelfguard.learn.pictures.text_scenes import Scene
from shelfguard.learn.pictures.text_sheet import Line

LINE = Line("Crème brûlée", (10, 10, 90, 30))
SCENE = Scene(
    Picture("0" * 64, "JPEG", 100, 100, 1, np.zeros((100, 100, 3), np.uint8)),
    (LINE,),
    Image.new("L", (100, 100)),
)
INSIDE, OUTSIDE = Box(0.1, 0.1, 0.9, 0.3), Box(0.1, 0.5, 0.9, 0.7)


def lines(*found: tuple[str, Box]) -> TextLines:
    return TextLines(tuple(TextLine(text, 0.9, box) for text, box in found))


@pytest.mark.parametrize(
    ("found", "read"),
    [
        (lines(("CRÈME BRÛLÉE", INSIDE)), True),
        (lines(("Créme brulée", INSIDE)), True),
        (lines(("Crème", Box(0.1, 0.1, 0.5, 0.3)), ("brûlée", Box(0.5, 0.1, 0.9, 0.3))), True),
        (lines(("Crème", INSIDE)), False),
        (lines(("Crème brûlée", OUTSIDE)), False),
        (lines(), False),
    ],
    ids=["in capitals", "two letters off", "in two pieces", "half of it", "elsewhere", "nothing"],
)
def test_a_drawn_line_is_read_if_its_letters_are_found_in_its_place(
    found: TextLines, read: bool
) -> None:
    assert is_read(LINE, found, SCENE) is read


def test_the_bars_weigh_time_and_lines() -> None:
    bare, texts = [Outcome(0, 0, 0, 8, 1), Outcome(0, 0, 0, 2, 1)], [Outcome(60, 50, 1, 2, 1)]
    measured = Measured(bare, texts, texts)
    assert saving(bare) == 5
    assert [bar.holds for bar in measured.bars()] == [True, False]
    assert "Of 60 lines, full OCR reads 50; the gated reader loses 1" in report(measured)
