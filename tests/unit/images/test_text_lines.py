"""Lines of text as the real networks read them, where their package is installed."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shelfguard.images.picture import Box
from shelfguard.images.sources import TEXT_DETECTION, TEXT_GATE, TEXT_RECOGNITION
from shelfguard.images.text_lines import TextLine, TextReader, in_reading_order
from tests.unit.images.drawing import as_picture, canvas, compressed
from tests.unit.images.lettering import font, written
from tests.unit.images.real import find_or_skip


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader(*map(find_or_skip, (TEXT_GATE, TEXT_DETECTION, TEXT_RECOGNITION)))


def texts(reader: TextReader, image: Image.Image) -> list[str]:
    return [line.text for line in reader.read(as_picture(image)).lines]


@pytest.mark.parametrize(
    "text",
    [
        "Écrivez-nous à l'hôtel près de la forêt",
        "Ça coûte déjà moins cher à Noël",
        "Crème brûlée, pâtisserie fraîche",
        "Livraison gratuite dès 49,99 $",
        "No prescription needed",
        "514-276-8899",
        "+1 438 555 0142",
        "jo.roy@example.org",
        "www.kayakdelisle.ca",
    ],
)
def test_english_and_french_are_read_to_the_letter(reader: TextReader, text: str) -> None:
    assert texts(reader, written(text)[0]) == [text]


@pytest.mark.parametrize("size", [13, 24, 48, 96])
def test_letters_of_any_size_are_read(reader: TextReader, size: int) -> None:
    assert texts(reader, written("Garantie à vie", size)[0]) == ["Garantie à vie"]


def test_a_long_line_of_small_print_is_read_whole(reader: TextReader) -> None:
    text = "Les prix et les photos peuvent changer sans préavis, taxes et livraison en sus, "
    text += "sauf avis contraire. Prices may change without notice."
    (found,) = texts(reader, written(text, 12, at=(20, 80))[0])
    assert found.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("ink", "ground"),
    [("white", "#c02030"), ("#ffe000", "#1040a0"), ("#9a9a9a", "#d8d8d8"), ("white", "black")],
    ids=["white on red", "yellow on blue", "low contrast", "white on black"],
)
def test_colours_do_not_matter(reader: TextReader, ink: str, ground: str) -> None:
    image, _ = written("Meilleure vente", 30, ink=ink, ground=ground)
    assert texts(reader, image) == ["Meilleure vente"]


@pytest.mark.parametrize("degrees", [-15, -5, 15, 90, 180, 270])
def test_a_turned_line_is_read(reader: TextReader, degrees: int) -> None:
    image, _ = written("Paiement par virement", at=(300, 380))
    turned = image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    assert texts(reader, turned) == ["Paiement par virement"]


def test_a_price_badge_is_read(reader: TextReader) -> None:
    image, draw = canvas("#e8e4da", 800, 800)
    draw.ellipse((520, 60, 740, 280), fill="#d01020")
    draw.text((630, 170), "-30 %", "white", font(60), anchor="mm")
    assert [text.replace(" ", "") for text in texts(reader, compressed(image, 70))] == ["-30%"]


def test_lines_come_in_reading_order_with_their_boxes(reader: TextReader) -> None:
    image, draw = canvas("white", 1000, 800)
    for text, place in (("right", (600, 104)), ("below", (80, 300)), ("left", (80, 100))):
        draw.text(place, text, "black", font(40))
    lines = reader.read(as_picture(image)).lines
    assert [line.text for line in lines] == ["left", "right", "below"]
    left, right, below = (line.box for line in lines)
    assert left.left == pytest.approx(0.08, abs=0.02)
    assert left.right < right.left
    assert left.bottom < below.top


@settings(deadline=None, max_examples=15)
@given(st.integers(-100, 990), st.integers(-20, 790), st.integers(0, 359))
def test_boxes_lie_in_the_picture_wherever_a_line_runs_out(
    reader: TextReader, x: int, y: int, degrees: int
) -> None:
    image, _ = written("Garantie", 40, at=(x, y))
    for line in reader.read(as_picture(image.rotate(degrees, fillcolor="white"))).lines:
        assert 0 <= line.box.left < line.box.right <= 1
        assert 0 <= line.box.top < line.box.bottom <= 1


def test_a_plain_picture_has_no_lines(reader: TextReader) -> None:
    for size in ((1, 1), (3, 500), (640, 480)):
        assert texts(reader, Image.new("RGB", size, "white")) == []


def test_the_same_picture_gives_the_same_bytes(reader: TextReader) -> None:
    image, _ = written("Édition limitée")
    one, other = (json.dumps(asdict(reader.read(as_picture(image)))) for _ in range(2))
    assert one == other


BOXES = st.builds(
    lambda left, top, width, height: Box(left, top, left + width, top + height),
    *(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.01, 0.5), st.floats(0.01, 0.1)),
)
LINES = st.lists(st.builds(TextLine, st.text(max_size=3), st.just(0.9), BOXES), max_size=8)


@given(LINES)
def test_order_keeps_every_line_and_does_not_depend_on_the_input(lines: list[TextLine]) -> None:
    ordered = in_reading_order(lines)
    assert sorted(map(repr, ordered)) == sorted(map(repr, lines))


@given(st.lists(st.floats(0, 0.9), min_size=2, max_size=6, unique=True))
def test_lines_side_by_side_are_read_from_left_to_right(lefts: list[float]) -> None:
    row = [TextLine("", 0.9, Box(left, 0.5, left + 0.1, 0.55)) for left in lefts]
    assert all(one.box.left < other.box.left for one, other in pairwise(in_reading_order(row)))
