"""Numbers that the house rules on pictures are judged by."""

from __future__ import annotations

import math

import pytest

from shelfguard.images.frame import Frame
from shelfguard.images.picture import Box
from shelfguard.images.standards import ALONE, NO_TEXT, QUALITY, features
from tests.unit.images.hand_made import PRODUCT, codes, framing, lines, quality, readings

ABOVE = Box(0.3, 0.01, 0.7, 0.06)
ON_PRODUCT = Box(0.3, 0.4, 0.7, 0.5)
ACROSS = Box(0.0, 0.4, 0.4, 0.5)


def test_a_main_picture_is_judged_by_every_clause() -> None:
    assert set(features(readings(), is_main=True)) == {ALONE, NO_TEXT, QUALITY}


def test_a_later_picture_may_show_more_than_the_product() -> None:
    assert set(features(readings(), is_main=False)) == {NO_TEXT, QUALITY}


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ("framing", {QUALITY}),
        ("quality", set()),
        ("codes", {ALONE, QUALITY}),
        ("text", {ALONE, QUALITY}),
    ],
)
def test_a_clause_is_absent_where_its_detector_failed(missing: str, left: set[str]) -> None:
    assert set(features(readings(**{missing: None}), is_main=True)) == left


def test_a_swatch_has_no_background_to_judge() -> None:
    swatch = readings(quality=quality(main_share=1.0, blank=1.0))
    assert ALONE not in features(swatch, is_main=True)


def test_how_much_of_the_frame_the_product_takes() -> None:
    found = features(readings(), is_main=True)[ALONE]
    assert found["coverage"] == pytest.approx(0.48)
    assert found["extent"] == pytest.approx(0.8)
    assert found["least_margin"] == pytest.approx(0.1)
    assert (found["objects"], found["touches"]) == (1, 0)


def test_the_colour_of_a_background_that_takes_most_of_the_picture() -> None:
    beige = readings(quality=quality(main_colour="#e8d8b0"))
    found = features(beige, is_main=True)[ALONE]
    assert found["background_lightness"] == pytest.approx(87, abs=1)
    assert found["background_chroma"] > 15


def test_a_background_behind_a_large_product_has_an_unknown_colour() -> None:
    large = readings(framing=framing(Box(0.05, 0.05, 0.95, 0.95)))
    assert math.isnan(features(large, is_main=True)[ALONE]["background_lightness"])


def test_a_picture_without_product_has_nothing_that_fills_it() -> None:
    found = features(readings(framing=framing()), is_main=True)[ALONE]
    assert (found["coverage"], found["extent"], found["objects"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "changes", [{"main_share": 1.0, "blank": 1.0, "white": 0.0}, {"white": 0.9}]
)
def test_neither_a_swatch_nor_a_picture_on_white_looks_like_a_placeholder(
    changes: dict[str, float],
) -> None:
    found = features(readings(quality=quality(**changes)), is_main=True)[QUALITY]
    assert math.isnan(found["flat_ground"])
    assert math.isnan(found["tonal_range"])


def test_text_is_told_by_where_it_lies() -> None:
    text = lines(("SALE", ABOVE), ("Maple tea", ON_PRODUCT), ("-50 %", ACROSS))
    found = features(readings(text=text), is_main=True)[NO_TEXT]
    assert found["lines_outside"] == 1
    assert found["lines_on_product"] == 1
    assert found["lines_across_outline"] == 1
    assert found["text_outside"] == pytest.approx(0.06, abs=0.01)


def test_text_that_was_taken_for_a_piece_of_the_product_lies_outside() -> None:
    text = lines(("SALE", ABOVE))
    taken = readings(framing=framing(PRODUCT, ABOVE), text=text)
    assert features(taken, is_main=True)[NO_TEXT]["lines_outside"] == 1


def test_print_on_a_label_that_was_taken_for_background_lies_on_the_product() -> None:
    mask = framing(Box(0.2, 0.1, 0.8, 0.3), Box(0.2, 0.6, 0.8, 0.9), Box(0.2, 0.3, 0.25, 0.6))
    closed = framing(
        *(Box(0.2, 0.1, 0.8, 0.3), Box(0.2, 0.6, 0.8, 0.9)),
        *(Box(0.2, 0.3, 0.25, 0.6), Box(0.75, 0.3, 0.8, 0.6)),
    )
    text = lines(("Maple tea", ON_PRODUCT))
    told = [features(readings(framing=f, text=text), is_main=True)[NO_TEXT] for f in (mask, closed)]
    assert [found["lines_outside"] for found in told] == [1, 0]


def test_a_text_that_repeats_off_the_product_is_counted() -> None:
    places = (ABOVE, ON_PRODUCT, Box(0.3, 0.94, 0.7, 0.99))
    text = lines(*(("© Boutique", box) for box in places))
    assert features(readings(text=text), is_main=True)[NO_TEXT]["repeated"] == 3


def test_the_same_label_on_every_piece_of_a_set_does_not_repeat() -> None:
    text = lines(("Maple tea", ON_PRODUCT), ("Maple tea", Box(0.3, 0.6, 0.7, 0.7)))
    assert features(readings(text=text), is_main=True)[NO_TEXT]["repeated"] == 0


def test_only_codes_off_the_product_count() -> None:
    found = codes(Box(0.4, 0.5, 0.6, 0.7), Box(0.82, 0.8, 0.98, 0.96))
    assert features(readings(codes=found), is_main=True)[NO_TEXT]["codes_outside"] == 1


@pytest.mark.parametrize(("colour", "thickness"), [("#d40000", 0.03), ("#ffffff", 0)])
def test_only_a_frame_that_is_not_white_is_a_border(colour: str, thickness: float) -> None:
    frame = Frame(0.03, 0.04, 0.03, 0.04, colour)
    found = features(readings(quality=quality(frame=frame)), is_main=True)[NO_TEXT]
    assert found["border"] == thickness


def test_bars_at_two_sides_are_no_border() -> None:
    bars = quality(frame=Frame(0, 0.1, 0, 0.1, "#000000"))
    assert features(readings(quality=bars), is_main=True)[NO_TEXT]["border"] == 0


@pytest.mark.parametrize(("is_main", "lines_outside"), [(True, 9), (False, 0)])
def test_a_size_chart_is_allowed_in_later_pictures(is_main: bool, lines_outside: int) -> None:
    words = ("Taille", "Poitrine", "XL", "102 cm", "96-101", "34", "XXL", "110 cm", "104")
    places = [Box(0.01, 0.1 * n, 0.15, 0.1 * n + 0.05) for n in range(len(words))]
    chart = readings(text=lines(*zip(words, places, strict=True)))
    found = features(chart, is_main=is_main)[NO_TEXT]
    assert found["lines_outside"] == lines_outside


def test_prices_are_no_size_chart() -> None:
    text = lines(*((f"{n}9,99 $", Box(0.01, 0.1 * n, 0.15, 0.1 * n + 0.05)) for n in range(9)))
    assert features(readings(text=text), is_main=False)[NO_TEXT]["lines_outside"] == 9


def test_a_single_letter_is_taken_for_a_misread_ornament() -> None:
    text = lines(("O", ABOVE))
    assert features(readings(text=text), is_main=True)[NO_TEXT]["lines_outside"] == 0


@pytest.mark.parametrize(("width", "too_small"), [(799, 1.0), (800, 0.0)])
def test_800_pixels_are_enough(width: int, too_small: float) -> None:
    small = readings(quality=quality(width=width, height=600))
    assert features(small, is_main=True)[QUALITY]["too_small"] == too_small


def test_where_nothing_has_contrast_focus_is_unknown() -> None:
    swatch = readings(quality=quality(focus=0.0))
    assert math.isnan(features(swatch, is_main=True)[QUALITY]["focus"])


def test_without_text_the_words_of_a_placeholder_are_unknown() -> None:
    found = features(readings(text=None), is_main=True)[QUALITY]
    assert math.isnan(found["placeholder_text"])
