"""What is written in pictures, as texts of the listing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("zxingcpp", reason="needs the extra 'vision'")

from shelfguard.images.codes import Code, Codes
from shelfguard.images.picture import Box
from shelfguard.images.readings import Readings
from shelfguard.images.text_lines import TextLine, TextLines
from shelfguard.signals.picture_text import TextsRead

SIDES = st.lists(st.integers(0, 1000), min_size=2, max_size=2, unique=True).map(sorted)
BOXES = st.tuples(SIDES, SIDES).map(
    lambda sides: Box(
        sides[0][0] / 1000, sides[1][0] / 1000, sides[0][1] / 1000, sides[1][1] / 1000
    )
)
LINES = st.lists(
    st.tuples(st.text("abc é$", min_size=1, max_size=9), BOXES), min_size=1, max_size=5
)


def readings(*lines: tuple[str, Box], codes: tuple[Code, ...] = ()) -> Readings:
    text = TextLines(tuple(TextLine(line, 0.9, box) for line, box in lines))
    return Readings("a" * 64, 10, 10, text=text, codes=Codes(codes))


@given(LINES, st.data())
def test_a_stretch_of_text_lies_in_the_box_of_its_lines(
    lines: list[tuple[str, Box]], data: st.DataObject
) -> None:
    read = TextsRead({(0, 0): readings(*lines)}).get(0, "images[0].text")
    assert read
    start = data.draw(st.integers(0, len(read.text) - 1))
    end = data.draw(st.integers(start + 1, len(read.text)))
    box, first = read.box(start, end), read.text.count("\n", 0, start)
    last = read.text.count("\n", 0, max(start, end - 1))
    inside = [own for _, own in lines[first : last + 1]]
    assert box.left == min(own.left for own in inside)
    assert box.bottom == max(own.bottom for own in inside)
    assert 0 <= box.left < box.right <= 1
    assert 0 <= box.top < box.bottom <= 1


def test_lines_of_a_picture_are_one_text_so_that_a_phrase_may_run_on() -> None:
    box = Box(0, 0, 1, 1)
    segments = TextsRead({(3, 1): readings(("No prescription", box), ("needed", box))}).segments()
    assert (segments.rows.tolist(), segments.fields) == ([3], ["images[1].text"])
    assert segments.texts == ["No prescription\nneeded"]


def test_a_code_is_a_text_of_its_own_unless_it_is_a_number() -> None:
    box = Box(0, 0, 1, 1)
    codes = (Code("EAN-13", "4006381333931", box), Code("QR Code", "https://example.org", box))
    read = TextsRead({(0, 0): readings(codes=codes)})
    assert read.segments().fields == ["images[0].code[1]"]
    assert not TextsRead({(0, 0): readings()})


def test_the_listings_own_fields_were_not_read_in_a_picture() -> None:
    assert TextsRead({(0, 0): readings(("a", Box(0, 0, 1, 1)))}).get(0, "title") is None
