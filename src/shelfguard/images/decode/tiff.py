"""The directories of a TIFF file: how many pages, and whether decoding the first is safe.

Adobe, TIFF revision 6.0 (1992), section 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shelfguard.images.decode.size import MAX_PIXELS
from shelfguard.images.outcome import PictureError, Reason

COMPRESSION, STRIP_OFFSETS, TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS = 259, 273, 322, 323, 324

COMPRESSIONS = (1, 2, 3, 4, 5, 7, 8, 32773, 32946)
"""None, fax, LZW, JPEG, Deflate and PackBits. The others are rare, and their decoders less tried:
old-style JPEG above all."""

MAX_PAGES = 10_000
"""A fax of that many has not been seen."""

MAX_PIECES = 100_000
"""Strips or tiles: a picture of the largest size in strips of one row, for each colour."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory; `value` is an offset where there is more than one."""

    tag: int
    count: int
    value: int


@dataclass(frozen=True, slots=True)
class Directories:
    """How many pages there are, and whether the chain of their directories is whole."""

    pages: int
    whole: bool


def directories(data: bytes) -> Directories:
    """Follow the chain of directories, one a page.

    Raises:
        PictureError: there are absurdly many pages, or the first has absurdly many or large strips
            or tiles, or is compressed in a way that is not read.
    """
    order: Literal["little", "big"] = "little" if data.startswith(b"II") else "big"
    place, seen = int.from_bytes(data[4:8], order), set[int]()
    while 0 < place < len(data) and place not in seen:
        entries = int.from_bytes(data[place : place + 2], order)
        if not seen:
            _check(_entries(data[place + 2 : place + 2 + 12 * entries], order))
        seen.add(place)
        if len(seen) > MAX_PAGES:
            raise PictureError(Reason.BOMB, f"It has more than {MAX_PAGES:,} pages")
        following = place + 2 + 12 * entries
        place = int.from_bytes(data[following : following + 4], order)
    return Directories(max(1, len(seen)), whole=place < len(data))


def _entries(directory: bytes, order: Literal["little", "big"]) -> Iterator[Entry]:
    for place in range(0, len(directory), 12):
        field = directory[place : place + 12]
        short = int.from_bytes(field[2:4], order) == 3
        yield Entry(
            int.from_bytes(field[:2], order),
            int.from_bytes(field[4:8], order),
            int.from_bytes(field[8:10] if short else field[8:12], order),
        )


def _check(entries: Iterator[Entry]) -> None:
    tile = {TILE_WIDTH: 1, TILE_LENGTH: 1}
    for entry in entries:
        if entry.tag == COMPRESSION and entry.value not in COMPRESSIONS:
            raise PictureError(Reason.UNSUPPORTED, "Its kind of compression is not read")
        if entry.tag in (STRIP_OFFSETS, TILE_OFFSETS) and entry.count > MAX_PIECES:
            raise PictureError(Reason.BOMB, f"It has {entry.count:,} strips or tiles")
        if entry.tag in tile:
            tile[entry.tag] = max(tile[entry.tag], entry.value)
    if tile[TILE_WIDTH] * tile[TILE_LENGTH] > MAX_PIXELS:
        raise PictureError(Reason.BOMB, "Its tiles are larger than a picture may be")
