from __future__ import annotations

import gzip

import pytest

pytest.importorskip("PIL")

from shelfguard.images.decode.formats import Format, identify, named_format
from shelfguard.images.outcome import PictureError, Reason
from tests.unit.images.decode.samples import FORMATS, encoded

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("name", FORMATS)
def test_content_tells_the_format(name: str) -> None:
    assert identify(encoded(format=name)) == Format(name.lower())


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b'<?xml version="1.0"?>\n<!-- a drawing -->\n' + SVG,
        b"\xef\xbb\xbf\n " + SVG,
        SVG.decode().encode("utf-16"),
        b"<!DOCTYPE svg [<!ENTITY x 'y'>]><svg>&x;</svg>",
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>',
        b"<SVG onload=alert(1)>",
    ],
)
def test_svg_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(PictureError, match="scripts") as caught:
        identify(data)
    assert caught.value.failure.reason == Reason.SVG


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\xff\x0a\xfa\x1f", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"8BPS\0\1", "Photoshop"),
        (b"II\x2b\0\x08\0\0\0", "BigTIFF"),
    ],
)
def test_a_format_that_is_not_read_is_named(data: bytes, name: str) -> None:
    with pytest.raises(PictureError, match=name) as caught:
        identify(data)
    assert caught.value.failure.reason == Reason.UNSUPPORTED


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"<html>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"GIF",
        b"\xff\xd8",
        gzip.compress(SVG, mtime=0),
        b"BM",
    ],
)
def test_anything_else_is_not_a_picture(data: bytes) -> None:
    with pytest.raises(PictureError) as caught:
        identify(data)
    assert caught.value.failure.reason == Reason.NOT_A_PICTURE


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("images/1.JPG", Format.JPEG),
        ("https://shop.example/1.png?format=webp#1.gif", Format.PNG),
        ("https://shop.example/picture.php", None),
        ("1", None),
        ("", None),
    ],
)
def test_an_extension_promises_a_format(name: str, expected: Format | None) -> None:
    assert named_format(name) == expected
