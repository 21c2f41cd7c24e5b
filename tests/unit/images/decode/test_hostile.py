"""Files made to do harm: each is refused with its reason, or decodes; none raises or hangs."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("PIL")

from shelfguard.images.decode import Decoded, decode
from shelfguard.images.outcome import Failure, Reason
from tests.unit.images.decode.samples import (
    FORMATS,
    PHOTO,
    animation,
    encoded,
)

WHOLE = (
    [encoded(format=name) for name in FORMATS]
    + [animation(name) for name in ("GIF", "PNG", "WEBP", "TIFF")]
    + [encoded(progressive=True), encoded(PHOTO.convert("CMYK"))]
    + [encoded(format="TIFF", compression=name) for name in ("tiff_lzw", "jpeg")]
    + [encoded(PHOTO.convert("P"), "PNG", transparency=0), encoded(format="PNG", exif=b"MM\0*")]
)


def reason(data: bytes) -> Reason | None:
    found = decode(data)
    return found.reason if isinstance(found, Failure) else None


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + encoded(format="GIF")[10:]


def webp(width: int, height: int) -> bytes:
    data = bytearray(encoded(format="WEBP", lossless=True))
    flags = int.from_bytes(data[21:25], "little") >> 28 << 28
    data[21:25] = (flags | (height - 1) << 14 | (width - 1)).to_bytes(4, "little")
    return bytes(data)


def test_an_empty_file_says_so() -> None:
    assert reason(b"") == Reason.EMPTY


def test_text_is_not_a_picture() -> None:
    assert reason(b"<html>Not found</html>") == Reason.NOT_A_PICTURE
    assert reason(b"<svg onload='alert(1)'/>") == Reason.SVG


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "TIFF"])
def test_half_a_picture_is_truncated(name: str) -> None:
    data = encoded(format=name)
    assert reason(data[: len(data) // 2]) == Reason.TRUNCATED


@pytest.mark.parametrize(("width", "height"), [(30_000, 10), (10, 30_000), (15_000, 15_000)])
def test_too_many_pixels_are_refused_by_the_header(width: int, height: int) -> None:
    assert reason(png(width, height)) == Reason.TOO_MANY_PIXELS
    assert reason(gif(width, height)) == Reason.TOO_MANY_PIXELS


def test_a_real_picture_that_is_too_wide_is_refused() -> None:
    for name in ("JPEG", "PNG", "BMP", "TIFF", "GIF"):
        assert reason(encoded(PHOTO.resize((30_000, 4)), name)) == Reason.TOO_MANY_PIXELS


def test_a_canvas_of_gigabytes_is_refused_before_it_is_made() -> None:
    assert reason(png(2**31 - 1, 2**31 - 1)) == Reason.TOO_MANY_PIXELS
    assert reason(webp(16_383, 16_383)) == Reason.TOO_MANY_PIXELS
    assert reason(webp(16_000, 4_000)) == Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_compressed_note_that_swells_is_refused_or_left_out(name: bytes) -> None:
    swollen = zlib.compress(bytes(50_000_000), 9)
    text = b"key\0\1\0\0\0" + swollen if name == b"iTXt" else b"key\0\0" + swollen
    assert reason(png(8, 8, (name, text))) in (Reason.BROKEN, None)


def test_a_jpeg_that_is_decoded_over_and_over_is_refused() -> None:
    data = encoded(progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert reason(data[:-2] + last * 1000 + b"\xff\xd9") == Reason.BOMB


def test_a_jpeg_of_padding_is_refused() -> None:
    assert reason(b"\xff\xd8" + b"\xff" * 1_000_000) == Reason.BOMB


def test_a_gif_of_absurdly_many_frames_is_counted_not_decoded() -> None:
    frame = b"\x2c" + bytes(4) + b"\1\0\1\0\0\2\2\x44\1\0"
    found = decode(encoded(format="GIF")[:-1] + frame * 100_000 + b";")
    assert isinstance(found, Decoded)
    assert found.picture.frames == 100_001


@settings(deadline=None)
@given(st.binary(max_size=500), st.sampled_from(WHOLE), st.integers(0, 40))
def test_random_bytes_are_refused_or_decode(data: bytes, start: bytes, kept: int) -> None:
    decode(data)
    decode(start[:kept] + data)


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=8),
    st.booleans(),
)
def test_mutated_files_are_refused_or_decode(
    data: bytes, changes: list[tuple[float, bytes]], early: bool
) -> None:
    mutated = bytearray(data)
    for share, replaced in changes:
        place = int(share * (min(len(data), 200) if early else len(data)))
        mutated[place : place + len(replaced)] = replaced
    found = decode(bytes(mutated))
    if isinstance(found, Decoded):
        assert max(found.picture.pixels.shape) <= 1280
        assert found.picture.frames >= 1
