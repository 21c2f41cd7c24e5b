"""Bytes and text lines of a feed file, whatever packed or encoded it, in constant memory."""

from __future__ import annotations

import codecs
import io
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa

from shelfguard.errors import FeedError

BLOCK = 1 << 18
"""Bytes read at a time."""

LINE_LIMIT = 1 << 20
"""Bytes of the longest line that is kept; a longer one is quarantined."""

_EXCERPT = 200
_CODECS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Bytes:
    """The unpacked bytes of a plain, gzip or Zstandard file, told apart by their first bytes.

    `bytes_read` counts bytes of the file as stored, for a progress bar. `cut` says why the
    stream ended early, where it did: all that could be unpacked before is still delivered.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.total_bytes = _size(path)
        with path.open("rb") as file:
            magic = file.read(4)
        self.codec = next((name for mark, name in _CODECS.items() if magic.startswith(mark)), None)
        self.cut: str | None = None
        self.raw, self._stream = self._open()
        self._delivered = 0

    @property
    def bytes_read(self) -> int:
        return self.total_bytes if self.raw.closed else int(self.raw.tell())

    def read(self, size: int = BLOCK) -> bytes:
        """Up to `size` bytes; none at the end."""
        if self.cut:
            return b""
        try:
            data: bytes = self._stream.read(size)
        except OSError as error:
            data = self._salvage(size)
            self.cut = f"the {self.codec or 'file'} stream ends early or is damaged ({error})"
        self._delivered += len(data)
        return data

    def close(self) -> None:
        self._stream.close()
        self.raw.close()

    def _open(self) -> tuple[pa.NativeFile, pa.NativeFile]:
        raw = pa.OSFile(str(self.path))
        return raw, pa.CompressedInputStream(raw, self.codec) if self.codec else raw

    def _salvage(self, size: int) -> bytes:
        """What can still be unpacked before the damage, in steps: a failed read gives nothing."""
        saved = b""
        for step in (size >> 6, 1):
            self._reopen_at(self._delivered + len(saved))
            pieces = []
            try:
                while piece := self._stream.read(step):
                    pieces.append(piece)
            except OSError:
                saved += b"".join(pieces)
        return saved

    def _reopen_at(self, position: int) -> None:
        self.close()
        self.raw, self._stream = self._open()
        while position > 0:
            position -= len(self._stream.read(min(BLOCK, position)))


def _size(path: Path) -> int:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise FeedError("is not a file", file=path, fix="Give the path of one feed file.")
    except FileNotFoundError:
        raise FeedError("does not exist", file=path, fix="Check the path.") from None
    except OSError as error:
        raise FeedError(f"cannot be read ({error.strerror})", file=path) from None
    if size == 0:
        raise FeedError("is empty", file=path, fix="Export the feed again.")
    return size


class Lines:
    """Text lines with their endings, split at line feeds, or at carriage returns where a
    file has no others.

    Text is UTF-8 or UTF-16 with its byte order mark; a line that is not valid UTF-8 is
    read as Windows-1252 and counted in `warnings`. A line above `limit` bytes is never
    held: its number goes to `overlong` and its first characters stand for it.
    """

    def __init__(self, stream: Bytes, warnings: Counter[str], limit: int = LINE_LIMIT) -> None:
        self.stream, self.warnings, self.limit = stream, warnings, limit
        self.overlong: set[int] = set()
        self.tail: str | None = None  # the unfinished line before a cut
        self._count = 0

    def __iter__(self) -> Iterator[str]:
        for block in self._blocks():
            yield from io.StringIO(block, newline="\n")

    def _blocks(self) -> Iterator[str]:
        """Runs of whole lines."""
        pending, start = b"", None
        for data in _line_feeds(utf8_blocks(self.stream)):
            end = data.find(b"\n")
            if start is None and len(pending) + (len(data) if end < 0 else end) > self.limit:
                start, pending = (pending + data)[:_EXCERPT], b""
            if start is not None:
                _, newline, data = data.partition(b"\n")
                if not newline:
                    continue
                yield self._overlong(start)
                start = None
            head, newline, rest = data.rpartition(b"\n")
            if newline:
                yield self._decode(pending + head + newline)
            pending = rest if newline else pending + rest
        yield from self._last(pending, start)

    def _last(self, pending: bytes, start: bytes | None) -> Iterator[str]:
        if self.stream.cut:
            self.tail = (start or pending[:_EXCERPT]).decode("utf-8", "replace")
        elif start is not None:
            yield self._overlong(start)
        elif pending:
            yield self._decode(pending)

    def _overlong(self, start: bytes) -> str:
        self._count += 1
        self.overlong.add(self._count)
        excerpt = start.decode("utf-8", "replace").replace('"', "")
        return f"\0{excerpt}\n"

    def _decode(self, data: bytes) -> str:
        self._count += data.count(b"\n")
        try:
            return data.decode()
        except UnicodeDecodeError:
            return "".join(map(self._decode_line, data.splitlines(keepends=True)))

    def _decode_line(self, line: bytes) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.warnings["line is not UTF-8 and was read as Windows-1252"] += 1
            return line.decode("cp1252", "replace")


def _line_feeds(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks, with line feeds for the carriage returns that end the lines of old Macs."""
    first = next(blocks, b"")
    mac = b"\r" in first and b"\n" not in first
    for block in chain([first], blocks):
        yield block.replace(b"\r", b"\n") if mac else block


def utf8_blocks(stream: Bytes) -> Iterator[bytes]:
    """The stream without its byte order mark, UTF-16 turned into UTF-8."""
    first = stream.read()
    if first.startswith(codecs.BOM_UTF8):
        first = first[len(codecs.BOM_UTF8) :]
    encoding = next((name for bom, name in _BOMS.items() if first.startswith(bom)), None)
    blocks = _chain(first, stream)
    if encoding is None:
        return blocks
    return _transcode(blocks, encoding)


def _chain(first: bytes, stream: Bytes) -> Iterator[bytes]:
    data = first
    while data:
        yield data
        data = stream.read()


def _transcode(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in blocks:
        yield decoder.decode(block).lstrip("\ufeff").encode()
    yield decoder.decode(b"", final=True).encode()
