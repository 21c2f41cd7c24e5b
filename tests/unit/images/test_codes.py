from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shelfguard.images.picture import Picture

zxingcpp = pytest.importorskip("zxingcpp")
from shelfguard.images.codes import CodeReader, Codes  # noqa: E402

SHOP = "https://kayakdelisle.example/été?ref=7"
READER = CodeReader()


def drawn(text: str, kind: str = "QRCode", scale: int = 3) -> Image.Image:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat[kind], eci="UTF-8")
    return Image.fromarray(np.asarray(code.to_image(scale=scale)))


def read(image: Image.Image) -> Codes:
    pixels = np.asarray(image.convert("RGB"))
    height, width = pixels.shape[:2]
    return READER.read(Picture("0" * 64, "png", width, height, 1, pixels))


def said(image: Image.Image) -> list[tuple[str, str]]:
    return [(code.kind, code.text) for code in read(image).codes]


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60))
def test_any_printable_text_in_a_qr_code_is_read_back(text: str) -> None:
    assert said(drawn(text)) == [("QR Code", text)]


@given(st.integers(10**11, 10**12 - 1).map(str))
def test_any_gtin_is_read_back_with_its_check_digit(digits: str) -> None:
    ((kind, text),) = said(drawn(digits, "EAN13"))
    weighed = sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(digits))
    assert (kind, text) == ("EAN-13", f"{digits}{-weighed % 10}")


@pytest.mark.parametrize(
    ("text", "kind", "named"),
    [
        ("6291041500213", "EAN13", "EAN-13"),
        ("12345670", "EAN8", "EAN-8"),
        ("SG-2026-11", "Code128", "Code 128"),
        (SHOP, "DataMatrix", "Data Matrix"),
        (SHOP, "Aztec", "Aztec"),
        (SHOP, "PDF417", "PDF417"),
    ],
)
def test_codes_of_shops_and_parcels_are_read(text: str, kind: str, named: str) -> None:
    assert said(drawn(text, kind)) == [(named, text)]


def test_a_upc_is_the_gtin_that_it_stands_for() -> None:
    assert said(drawn("036000291452", "UPCA")) == [("EAN-13", "0036000291452")]


@pytest.mark.parametrize("degrees", [15, 25, 90, 180, 200])
@pytest.mark.parametrize(("text", "kind"), [(SHOP, "QRCode"), ("6291041500213", "EAN13")])
def test_a_turned_code_is_read(text: str, kind: str, degrees: int) -> None:
    turned = drawn(text, kind).rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert [code[1] for code in said(turned)] == [text]


def test_light_modules_on_dark_are_read() -> None:
    inverted = Image.eval(drawn(SHOP), lambda value: 255 - value)
    assert said(inverted) == [("QR Code", SHOP)]


def test_a_small_code_in_a_large_picture_is_read() -> None:
    picture = Image.new("RGB", (1280, 960), (180, 200, 190))
    picture.paste(drawn(SHOP, scale=2), (1100, 800))
    assert said(picture) == [("QR Code", SHOP)]


def test_several_codes_are_told_apart_by_place() -> None:
    picture = Image.new("RGB", (600, 900), "white")
    picture.paste(drawn("6291041500213", "EAN13"), (40, 500))
    picture.paste(drawn(SHOP), (40, 40))
    first, second = read(picture).codes
    assert (first.text, second.text) == (SHOP, "6291041500213")
    assert first.box.bottom < second.box.top


@given(st.integers(0, 400), st.integers(0, 300))
def test_the_box_lies_where_the_code_is(x: int, y: int) -> None:
    picture, code = Image.new("RGB", (600, 500), "white"), drawn("x")
    picture.paste(code, (x, y))
    (found,) = read(picture).codes
    box = found.box
    assert x <= box.left * 600 < box.right * 600 <= x + code.width
    assert y <= box.top * 500 < box.bottom * 500 <= y + code.height


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (640, 480)])
def test_a_picture_without_codes_has_none(size: tuple[int, int]) -> None:
    assert read(Image.new("RGB", size, "white")) == Codes(())


def test_stripes_are_no_barcode() -> None:
    stripes = np.tile(np.repeat([0, 255], 4).astype(np.uint8), (300, 100))
    assert read(Image.fromarray(stripes)) == Codes(())


def test_what_was_found_is_plain_data() -> None:
    found = asdict(read(drawn(SHOP)))
    assert json.loads(json.dumps(found))["codes"][0]["text"] == SHOP
