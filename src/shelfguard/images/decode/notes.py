"""What is odd about a file that decodes all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from shelfguard.images.decode.formats import Format, named_format


class Note(StrEnum):
    """An oddity. Reports and rules count on these values."""

    WRONG_EXTENSION = "wrong-extension"
    NO_END = "no-end"
    TRAILING_ARCHIVE = "trailing-archive"
    TRAILING_PDF = "trailing-pdf"
    TRAILING_MARKUP = "trailing-markup"
    TRAILING_DATA = "trailing-data"


PAYLOADS = (
    (Note.TRAILING_ARCHIVE, re.compile(rb"PK\x03\x04|PK\x05\x06|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")),
    (Note.TRAILING_PDF, re.compile(rb"%PDF-")),
    (Note.TRAILING_MARKUP, re.compile(rb"<(!doctype|html|script|svg|\?php)", re.IGNORECASE)),
    (Note.TRAILING_DATA, re.compile(rb"[^\0\s]")),
)
"""What may hide behind a picture, first match first; padding is no data. Phones put a second
picture or a film there."""


def notes(kind: Format, name: str, data: bytes, end: int | None) -> Iterator[Note]:
    """What is odd about a file of this name, whose picture ends at `end`."""
    if named_format(name) not in (None, kind):
        yield Note.WRONG_EXTENSION
    if end is None:
        yield Note.NO_END
    elif payload := next((note for note, form in PAYLOADS if form.search(data, end)), None):
        yield payload
