from __future__ import annotations

import pytest

pytest.importorskip("PIL")

from shelfguard.images.decode.notes import Note
from tests.unit.images.decode.samples import FORMATS, decoded, encoded

ZIP = b"PK\x03\x04 a file PK\x05\x06" + bytes(18)


@pytest.mark.parametrize("name", FORMATS)
def test_an_ordinary_file_has_no_notes(name: str) -> None:
    assert decoded(encoded(format=name), f"1.{name.lower()}").notes == ()


def test_the_wrong_extension_is_noted_and_not_fatal() -> None:
    found = decoded(encoded(format="PNG"), "https://shop.example/1.jpg?v=2")
    assert found.picture.format == "png"
    assert found.notes == (Note.WRONG_EXTENSION,)


def test_an_extension_of_no_picture_promises_nothing() -> None:
    assert decoded(encoded(), "https://shop.example/picture.php").notes == ()


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "TIFF"])
@pytest.mark.parametrize(
    ("payload", "note"),
    [
        (ZIP, Note.TRAILING_ARCHIVE),
        (b"\0\0" + ZIP, Note.TRAILING_ARCHIVE),
        (b"Rar!\x1a\x07\x00", Note.TRAILING_ARCHIVE),
        (b"\n%PDF-1.7\n", Note.TRAILING_PDF),
        (b"<!DOCTYPE html><script>alert(1)</script>", Note.TRAILING_MARKUP),
        (b"<?php system($_GET['c']); ?>", Note.TRAILING_MARKUP),
        (b"anything else", Note.TRAILING_DATA),
    ],
)
def test_a_second_file_behind_the_picture_is_noted(name: str, payload: bytes, note: Note) -> None:
    found = decoded(encoded(format=name) + payload)
    assert found.notes == (note,)


def test_padding_is_no_second_file() -> None:
    assert decoded(encoded() + bytes(1000) + b"\r\n").notes == ()


def test_a_picture_without_its_end_marker_is_noted() -> None:
    assert decoded(encoded(format="PNG")[:-12]).notes == (Note.NO_END,)
