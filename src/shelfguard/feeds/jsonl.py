"""JSON Lines: one flat listing a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shelfguard.feeds.chunk import UNFIT, Quarantined, excerpt
from shelfguard.feeds.draft import Flat, Item
from shelfguard.feeds.json_values import parse_json
from shelfguard.feeds.stream import Lines


def items(lines: Lines, flat: Flat) -> Iterator[Item]:
    """Every line that is not blank, as a draft or with the reason why it is none."""
    file = lines.stream.path.name
    row = 0
    number = 0
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        row += 1
        try:
            yield Item(number, flat.draft(_record(text, number, lines)))
        except UNFIT as error:
            where = (file, number, row, None)
            yield Item(number, Quarantined(*where, str(error), excerpt(text.strip("\0\n"))))
    if lines.stream.cut:
        tail = excerpt(lines.tail or "")
        yield Item(number + 1, Quarantined(file, number + 1, row + 1, None, lines.stream.cut, tail))


def _record(text: str, number: int, lines: Lines) -> dict[str, Any]:
    if number in lines.overlong:
        raise ValueError(f"is longer than {lines.limit} bytes")
    if "\0" in text:
        raise ValueError("has a NUL byte")
    try:
        value = parse_json(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at character {error.pos + 1}") from None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    return value
