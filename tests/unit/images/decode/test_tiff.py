from __future__ import annotations

import struct

import pytest

from shelfguard.images.decode.tiff import MAX_PAGES, MAX_PIECES, directories
from shelfguard.images.outcome import PictureError, Reason

Entry = tuple[int, int, int, int]

SHORT, LONG = 3, 4


def tiff(*entries: Entry, following: int = 0, order: str = "<") -> bytes:
    """A file of one directory of entries (tag, type, count, value)."""
    start = b"II\x2a\0" if order == "<" else b"MM\0\x2a"
    directory = b"".join(
        struct.pack(f"{order}HHI", tag, kind, count)
        + (
            struct.pack(f"{order}HH", value, 0)
            if kind == SHORT
            else struct.pack(f"{order}I", value)
        )
        for tag, kind, count, value in entries
    )
    ending = struct.pack(f"{order}I", following)
    return start + struct.pack(f"{order}IH", 8, len(entries)) + directory + ending


@pytest.mark.parametrize("order", ["<", ">"])
def test_pages_are_counted_in_either_byte_order(order: str) -> None:
    found = directories(tiff((256, SHORT, 1, 10), order=order))
    assert (found.pages, found.whole) == (1, True)


def test_pages_in_a_circle_are_counted_once() -> None:
    assert directories(tiff((256, SHORT, 1, 10), following=8)).pages == 1


def test_a_chain_of_absurdly_many_pages_is_a_bomb() -> None:
    pages = b"".join(struct.pack("<HI", 0, 8 + 6 * page) for page in range(1, MAX_PAGES + 2))
    with pytest.raises(PictureError, match="pages"):
        directories(b"II\x2a\0\x08\0\0\0" + pages)


def test_a_chain_that_leads_out_of_the_file_is_not_whole() -> None:
    assert not directories(tiff((256, SHORT, 1, 10), following=9999)).whole


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([(273, LONG, MAX_PIECES + 1, 8)], Reason.BOMB),
        ([(324, LONG, MAX_PIECES + 1, 8)], Reason.BOMB),
        ([(322, LONG, 1, 60_000), (323, LONG, 1, 60_000)], Reason.BOMB),
        ([(322, SHORT, 1, 60_000), (323, SHORT, 1, 60_000)], Reason.BOMB),
        ([(259, SHORT, 1, 6)], Reason.UNSUPPORTED),
        ([(259, SHORT, 1, 34925)], Reason.UNSUPPORTED),
    ],
)
def test_a_first_page_that_is_unsafe_to_decode_is_refused(
    entries: list[Entry], reason: Reason, order: str
) -> None:
    with pytest.raises(PictureError) as caught:
        directories(tiff(*entries, order=order))
    assert caught.value.failure.reason == reason
