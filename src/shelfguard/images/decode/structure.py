"""Where a picture ends in its file and how many frames it holds, read without decoding it.

Decoders walk the same parts at a hundred times the cost: a file of absurdly many is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from shelfguard.images.decode.formats import Format
from shelfguard.images.decode.tiff import directories
from shelfguard.images.outcome import PictureError, Reason

MAX_PARTS = 100_000
"""Segments, chunks or boxes: ten times what encoders write into the largest file."""

MAX_SCANS = 100
"""Passes over a progressive JPEG, each as dear as a whole decode. Encoders write about ten."""

MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
"""A JPEG marker that is neither a restart nor an escaped byte of the compressed data."""

BARE_MARKERS = (0x01, 0xD8)
END_OF_IMAGE, START_OF_SCAN = 0xD9, 0xDA

TRAILER, IMAGE, EXTENSION = 0x3B, 0x2C, 0x21
BOXES = (b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"wide", b"uuid")
"""What an AVIF file has at its top level (ISO/IEC 14496-12)."""


@dataclass(frozen=True, slots=True)
class Structure:
    """`end` is None where the file stops too early; `frames` where only decoding can tell."""

    end: int | None
    frames: int | None = None


def structure(kind: Format, data: bytes) -> Structure:
    """Read a file's structure.

    Raises:
        PictureError: it has absurdly many parts.
    """
    return READERS[kind](data)


def _jpeg(data: bytes) -> Structure:
    place, scans = 2, 0
    for _ in range(MAX_PARTS):
        if not (marker := MARKER.search(data, place)):
            return Structure(None, 1)
        code, place = marker[1][0], marker.end()
        if code == END_OF_IMAGE:
            return Structure(place, 1)
        if code not in BARE_MARKERS:
            place += max(2, int.from_bytes(data[place : place + 2]))
        scans += code == START_OF_SCAN
        if scans > MAX_SCANS:
            raise PictureError(Reason.BOMB, f"It has more than {MAX_SCANS} scans")
    raise _too_many_parts()


def _png(data: bytes) -> Structure:
    place = 8
    for _ in range(MAX_PARTS):
        size, name = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        place += 12 + size
        if place > len(data):
            return Structure(None)
        if name == b"IEND":
            return Structure(place)
    raise _too_many_parts()


def _gif(data: bytes) -> Structure:
    frames = 0
    try:
        place = 13 + _colour_table(data[10])
        while data[place] != TRAILER:
            if data[place] == IMAGE:
                frames += 1
                place += 11 + _colour_table(data[place + 9])
            elif data[place] == EXTENSION:
                place += 2
            else:
                return Structure(None, max(1, frames))
            while data[place]:
                place += 1 + data[place]
            place += 1
    except IndexError:
        return Structure(None, max(1, frames))
    return Structure(place + 1, max(1, frames))


def _colour_table(flags: int) -> int:
    """Bytes of the colour table that a GIF's flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _webp(data: bytes) -> Structure:
    end = 8 + int.from_bytes(data[4:8], "little")
    return Structure(end if end <= len(data) else None)


def _avif(data: bytes) -> Structure:
    place = 0
    for _ in range(MAX_PARTS):
        size, name = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        if name not in BOXES:
            return Structure(place)
        if size == 1:  # the size is larger than 32 bits hold
            size = int.from_bytes(data[place + 8 : place + 16])
        place = place + max(8, size) if size else len(data)
        if place > len(data):
            return Structure(None)
    raise _too_many_parts()


def _bmp(data: bytes) -> Structure:
    """Some writers leave the size of the file out."""
    size = int.from_bytes(data[2:6], "little") or len(data)
    return Structure(size if size <= len(data) else None, 1)


def _tiff(data: bytes) -> Structure:
    """Its parts may lie anywhere in the file: what is whole ends with it."""
    found = directories(data)
    return Structure(len(data) if found.whole else None, found.pages)


def _too_many_parts() -> PictureError:
    return PictureError(Reason.BOMB, f"It has more than {MAX_PARTS:,} parts")


READERS: dict[Format, Callable[[bytes], Structure]] = {
    Format.JPEG: _jpeg,
    Format.PNG: _png,
    Format.WEBP: _webp,
    Format.GIF: _gif,
    Format.AVIF: _avif,
    Format.BMP: _bmp,
    Format.TIFF: _tiff,
}
