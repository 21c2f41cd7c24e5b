from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("PIL")

from shelfguard.images.decode.formats import Format, identify
from shelfguard.images.decode.structure import MAX_PARTS, structure
from shelfguard.images.outcome import PictureError, Reason
from tests.unit.images.decode.samples import FORMATS, animation, encoded

WITH_END = [name for name in FORMATS if name != "TIFF"]


@pytest.mark.parametrize("name", FORMATS)
def test_a_whole_file_ends_where_its_picture_does(name: str) -> None:
    data = encoded(format=name)
    assert structure(identify(data), data).end == len(data)


@pytest.mark.parametrize("name", WITH_END)
def test_what_follows_is_not_of_the_picture(name: str) -> None:
    data = encoded(format=name)
    assert structure(identify(data), data + b"PK\x03\x04").end == len(data)


@pytest.mark.parametrize("name", WITH_END)
def test_a_file_that_stops_early_has_no_end(name: str) -> None:
    data = encoded(format=name)
    assert structure(identify(data), data[:-3]).end is None


def test_a_progressive_jpeg_has_several_scans_and_one_end() -> None:
    data = encoded(progressive=True)
    assert data.count(b"\xff\xda") > 1
    assert structure(Format.JPEG, data).end == len(data)


@pytest.mark.parametrize("name", ["GIF", "TIFF"])
def test_frames_are_counted_without_decoding(name: str) -> None:
    data = animation(name, frames=5)
    assert structure(identify(data), data).frames == 5


def test_a_box_may_have_a_long_size_or_last_to_the_end() -> None:
    start = b"\0\0\0\x08ftyp"
    assert structure(Format.AVIF, start + b"\0\0\0\x01mdat" + (16).to_bytes(8)).end == 24
    assert structure(Format.AVIF, start + b"\0\0\0\0mdat" + bytes(9)).end == 25


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Format.JPEG, b"\xff\xd8" + b"\xff\xfe\0\2" * MAX_PARTS),
        (Format.PNG, bytes(8) + b"\0\0\0\0teXt\0\0\0\0" * MAX_PARTS),
        (Format.AVIF, b"\0\0\0\x08free" * MAX_PARTS),
    ],
)
def test_a_file_of_absurdly_many_parts_is_a_bomb(kind: Format, data: bytes) -> None:
    with pytest.raises(PictureError, match="parts") as caught:
        structure(kind, data)
    assert caught.value.failure.reason == Reason.BOMB


def test_a_jpeg_of_absurdly_many_scans_is_a_bomb() -> None:
    data = encoded()
    scan = data[data.index(b"\xff\xda") : -2]
    with pytest.raises(PictureError, match="scans"):
        structure(Format.JPEG, data[:-2] + scan * 200 + b"\xff\xd9")


@settings(deadline=None)
@given(st.sampled_from(Format), st.binary(max_size=300))
def test_any_bytes_have_a_structure_or_none(kind: Format, data: bytes) -> None:
    try:
        found = structure(kind, bytes(16) + data)
    except PictureError:
        return
    assert found.end is None or 0 <= found.end <= len(data) + 16
    assert found.frames is None or found.frames >= 1
