"""JSON documents of any size, item by item."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Collection, Iterator
from typing import Any, NoReturn

from shelfguard.errors import FeedError
from shelfguard.feeds.chunk import UNFIT, Quarantined, excerpt
from shelfguard.feeds.draft import Draft, Item
from shelfguard.feeds.json_values import HALF, mend
from shelfguard.feeds.stream import Bytes, utf8_blocks

ITEM_LIMIT = 1 << 24
"""Characters of the longest item that is held to be parsed."""

Header = dict[str, Any]
"""The other keys of the document, as far as they came before the item."""

ToDraft = Callable[[Any, Header], Draft | None]
"""Turns an item into a draft; None for one that is no product; ValueError for a bad one."""

_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder(strict=False)
_LONG_NUMBERS = json.JSONDecoder(strict=False, parse_int=str)
"""Reads whole numbers as text, for one has more digits than Python reads."""


class _BrokenError(ValueError):
    """The document cannot be read beyond this point."""


class _Text:
    """A window over the document's text."""

    def __init__(self, stream: Bytes) -> None:
        self.stream = stream
        self._line = 1
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._blocks = utf8_blocks(stream)
        self._text, self._at, self._counted, self._ended = "", 0, 0, False

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
                value, end = self._decode()
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

    def end(self) -> None:
        """Fails where the stream was cut, though what came before is whole."""
        if self.stream.cut:
            self._fail("")

    def rest(self) -> str:
        return self._text[self._at : self._at + 200]

    def line_here(self) -> int:
        """The line of the next character; counts from where it counted last."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _decode(self) -> tuple[Any, int]:
        try:
            return _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError:
            raise
        except ValueError:
            return _LONG_NUMBERS.raw_decode(self._text, self._at)

    def _more(self) -> bool:
        """Doubles the window, so that a long value is not parsed more than a few times."""
        wanted = max(1, len(self._text) - self._at)
        if self._ended or wanted > ITEM_LIMIT:
            return False
        self.line_here()
        parts, self._at, self._counted = [self._text[self._at :]], 0, 0
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


def items(stream: Bytes, keys: Collection[str], to_draft: ToDraft) -> Iterator[Item]:
    """The items of a top-level array, or of the array under one of `keys`.

    A document with neither is one item itself; documents that follow each other are all read.
    A document that breaks off gives what came before, and one quarantined entry.

    Raises:
        FeedError: there is no whole item before the document breaks.
    """
    text, header = _Text(stream), Header()
    file, empty = stream.path.name, True
    try:
        for line, value in _values(text, keys, header):
            if (found := read_item(value, header, to_draft, file, line)) is not None:
                empty = False
                yield found
    except _BrokenError as broken:
        line = text.line_here()
        if empty:
            raise FeedError(
                str(broken), file=stream.path, line=line, fix="Export the feed again."
            ) from None
        yield Item(line, Quarantined(file, line, None, None, str(broken), text.rest()))


def read_item(
    value: Any, header: Header, to_draft: ToDraft, file: str, line: int | None
) -> Item | None:
    """One value as a draft or with the reason why it is none; None for what is no product."""
    try:
        if not isinstance(value, dict):
            raise ValueError("it is not a JSON object")
        draft = to_draft(value, header)
    except UNFIT as error:
        reason = f"is no item of this format: {error}"
        return Item(line, Quarantined(file, line, None, None, reason, excerpt(value)))
    return None if draft is None else Item(line, draft)


def _values(text: _Text, keys: Collection[str], header: Header) -> Iterator[tuple[int, Any]]:
    while mark := text.peek():
        yield from _array(text) if mark == "[" else _object(text, keys, header)
    text.end()


def _object(text: _Text, keys: Collection[str], header: Header) -> Iterator[tuple[int, Any]]:
    header.clear()
    line, found = text.line_here(), False
    text.take("{")
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
    text.take("}")
    if not found:
        yield line, dict(header)


def _array(text: _Text) -> Iterator[tuple[int, Any]]:
    text.take("[")
    while text.peek() != "]":
        line = text.line_here()
        yield line, text.value()
        if text.peek() != "]":
            text.take(",")
    text.take("]")
