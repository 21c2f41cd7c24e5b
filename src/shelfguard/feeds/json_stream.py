"""JSON documents of any size, item by item."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Collection, Iterator
from typing import Any, NoReturn

from shelfguard.errors import FeedError
from shelfguard.feeds.chunk import Quarantined, excerpt
from shelfguard.feeds.draft import HALF, Draft, Item, mend
from shelfguard.feeds.stream import Bytes, utf8_blocks

ITEM_LIMIT = 1 << 24
"""Characters of the longest item that is held to be parsed."""

Header = dict[str, Any]
"""The other keys of the document, as far as they came before the item."""

ToDraft = Callable[[Any, Header], Draft | None]
"""Turns an item into a draft; None for one that is no product; ValueError for a bad one."""

_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder(strict=False)


class _BrokenError(ValueError):
    """The document cannot be read beyond this point."""


class _Text:
    """A window over the document's text."""

    def __init__(self, stream: Bytes) -> None:
        self.stream = stream
        self.line = 1
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._blocks = utf8_blocks(stream)
        self._text, self._at, self._ended = "", 0, False

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, expected: str) -> str:
        """Moves past the next character, which must be one of `expected`."""
        mark = self.peek()
        if not mark or mark not in expected:
            self._fail(f"expected {' or '.join(expected)}")
        self._at += 1
        return mark

    def value(self) -> Any:
        """The next JSON value."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                self._fail("nested too deep")
            except json.JSONDecodeError as error:
                if not self._more():
                    self._fail(error.msg)
                continue
            if end < len(self._text) or not self._more():
                half = HALF.search(self._text, self._at, end)
                self._at = end
                return mend(value) if half else value

    def rest(self) -> str:
        return self._text[self._at : self._at + 200]

    def _more(self) -> bool:
        """Doubles the window, so that a long value is not parsed more than a few times."""
        wanted = max(1, len(self._text) - self._at)
        if self._ended or wanted > ITEM_LIMIT:
            return False
        self.line += self._text.count("\n", 0, self._at)
        parts, self._at = [self._text[self._at :]], 0
        while wanted > 0 and not self._ended:
            block = next(self._blocks, b"")
            self._ended = not block
            parts.append(self._decoder.decode(block, final=self._ended))
            wanted -= len(parts[-1])
        self._text = "".join(parts)
        return True

    def _fail(self, message: str) -> NoReturn:
        raise _BrokenError(
            self.stream.cut or f"is not JSON ({message}); nothing after it can be read"
        )

    def line_here(self) -> int:
        return self.line + self._text.count("\n", 0, self._at)


def items(stream: Bytes, keys: Collection[str], to_draft: ToDraft) -> Iterator[Item]:
    """The items of a top-level array, or of the array under one of `keys`.

    A document with neither is one item itself. A document that breaks off gives what came
    before, and one quarantined entry.

    Raises:
        FeedError: there is no whole item before the document breaks.
    """
    text, header = _Text(stream), Header()
    file, row = stream.path.name, 0
    try:
        for line, value in _values(text, keys, header):
            try:
                if not isinstance(value, dict):
                    raise ValueError("it is not a JSON object")
                draft = to_draft(value, header)
            except (ValueError, TypeError, AttributeError, KeyError) as error:
                row += 1
                reason = f"is no item of this format: {error}"
                yield Item(line, Quarantined(file, line, row, None, reason, excerpt(value)))
                continue
            if draft is not None:
                row += 1
                yield Item(line, draft)
    except _BrokenError as broken:
        line = text.line_here()
        if not row:
            raise FeedError(
                str(broken), file=stream.path, line=line, fix="Export the feed again."
            ) from None
        yield Item(line, Quarantined(file, line, row + 1, None, str(broken), text.rest()))


def _values(text: _Text, keys: Collection[str], header: Header) -> Iterator[tuple[int, Any]]:
    if text.peek() == "[":
        yield from _array(text)
        return
    text.take("{")
    found = False
    while text.peek() != "}":
        key = text.value()
        text.take(":")
        if key in keys and text.peek() == "[":
            found = True
            yield from _array(text)
        else:
            header[str(key)] = text.value()
        if text.peek() != "}":
            text.take(",")
    if not found:
        yield 1, dict(header)


def _array(text: _Text) -> Iterator[tuple[int, Any]]:
    text.take("[")
    while text.peek() != "]":
        line = text.line_here()
        yield line, text.value()
        if text.peek() != "]":
            text.take(",")
    text.take("]")
