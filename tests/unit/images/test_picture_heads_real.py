"""The heads that ship, on pictures drawn for the purpose, with the real detectors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageFilter

from shelfguard.errors import ModelError
from shelfguard.images.detectors import build_detectors
from shelfguard.images.picture_heads import Finding, PictureHeads
from shelfguard.images.readings import Readings
from shelfguard.images.standards import ALONE, NO_TEXT, QUALITY
from shelfguard.policy.load import find_pack
from tests.unit.images.drawing import as_picture, canvas
from tests.unit.images.lettering import font

HEADS = PictureHeads.load(find_pack("ca-marketplace") / "models" / "pictures.json")

Read = Callable[[Image.Image], Readings]


@pytest.fixture(scope="module")
def read() -> Read:
    try:
        detectors = build_detectors(("codes", "framing", "quality", "text"), {})
    except ModelError as error:
        pytest.skip(str(error))

    def seen(image: Image.Image) -> Readings:
        picture = as_picture(image)
        values = {name: each.read(picture) for name, each in detectors.items()}
        return Readings("0" * 64, image.width, image.height, **values)

    return seen


def jug(ground: str = "white") -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A jug that fills most of the frame."""
    image, draw = canvas(ground, 900, 900)
    draw.ellipse((520, 280, 790, 620), outline="#205080", width=46)
    draw.rounded_rectangle((170, 90, 640, 810), 40, fill="#2a6ca8", outline="#103050", width=6)
    draw.rectangle((230, 160, 290, 740), fill="#5c9cd4")
    return image, draw


def reasons(clause: str, seen: Readings) -> list[Finding]:
    return HEADS.findings(clause, seen, is_main=True)


def test_a_product_on_white_keeps_every_rule(read: Read) -> None:
    judged = HEADS.judge(read(jug()[0]), is_main=True)
    assert all(probability < 0.5 for probability in judged.values()), judged


def test_a_coloured_ground_breaks_the_rule_on_main_pictures(read: Read) -> None:
    seen = read(jug("#c04040")[0])
    assert HEADS.judge(seen, is_main=True)[ALONE] > 0.5
    assert reasons(ALONE, seen)[0].note == "background-not-light"


def test_a_price_beside_the_product_is_quoted(read: Read) -> None:
    image, draw = jug()
    draw.text((450, 855), "SOLDES -50 %", "#d40000", font(60), anchor="mm")
    seen = read(image)
    assert HEADS.judge(seen, is_main=True)[NO_TEXT] > 0.5
    assert "SOLDES" in " ".join(found.quote or "" for found in reasons(NO_TEXT, seen))


def test_print_on_the_product_may_stay(read: Read) -> None:
    image, draw = jug()
    draw.text((430, 450), "Érable", "white", font(90), anchor="mm")
    assert HEADS.judge(read(image), is_main=True)[NO_TEXT] < 0.5


def test_a_picture_of_700_pixels_is_too_small(read: Read) -> None:
    seen = read(jug()[0].resize((700, 700)))
    assert HEADS.judge(seen, is_main=True)[QUALITY] > 0.5
    assert reasons(QUALITY, seen)[0].note == "too-small"


def test_a_blurred_picture_is_out_of_focus(read: Read) -> None:
    seen = read(jug()[0].filter(ImageFilter.GaussianBlur(8)))
    assert HEADS.judge(seen, is_main=True)[QUALITY] > 0.5
    assert reasons(QUALITY, seen)[0].note == "blurred"


def test_words_in_place_of_a_picture_are_a_placeholder(read: Read) -> None:
    image, draw = canvas("#e4e4e4", 900, 900)
    draw.text((450, 450), "Image à venir", "#606060", font(80), anchor="mm")
    seen = read(image)
    assert HEADS.judge(seen, is_main=True)[QUALITY] > 0.5
    assert reasons(QUALITY, seen)[0].quote is not None
