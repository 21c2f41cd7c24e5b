"""Delimited text: commas, tabs, pipes, semicolons or hashes between cells under a header."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from itertools import islice

from shelfguard.errors import FeedError
from shelfguard.feeds.chunk import Quarantined, excerpt
from shelfguard.feeds.columns import Rows
from shelfguard.feeds.fields import plan
from shelfguard.feeds.mapping import Mapping
from shelfguard.feeds.stream import LINE_LIMIT, Lines
from shelfguard.feeds.table import Table

DELIMITERS = ",\t|;#"


def sniff_delimiter(header: str) -> str:
    """The delimiter that cuts a header line into the most cells."""
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


class Delimited:
    """Rows of a delimited file.

    A stray quotation mark makes a CSV parser swallow the lines after it. Such a row is
    noticed, its first line alone is read as it stands or quarantined, and reading goes on
    with the next line.
    """

    def __init__(self, lines: Lines, mapping: Mapping, warnings: Counter[str]) -> None:
        csv.field_size_limit(LINE_LIMIT)
        self.lines, self.warnings = lines, warnings
        self.file = lines.stream.path.name
        self._source = iter(lines)
        self._again: deque[str] = deque()
        self._kept: list[str] = []
        self._line = self._row = 0
        self._given = mapping.delimiter
        self.header = self._header()
        self.table = Table(plan(self.header, mapping.columns), warnings)

    def runs(self, size: int) -> Iterator[Rows]:
        """Runs of `size` rows, good and bad together."""
        while True:
            rows = Rows(self.table, [], [], [], [])
            while len(rows) < size and self._read(rows, size - len(rows)):
                pass
            if not len(rows):
                return
            yield rows

    def _header(self) -> list[str]:
        first = next((line for line in self._play() if line.strip()), None)
        if first is None or "\0" in first:
            raise FeedError("has no header line", file=self.lines.stream.path, line=1)
        if first.lower().startswith("sep="):
            self._given = self._given or self._named(first.strip())
            return self._header()
        line = len(self._kept)
        self._again.appendleft(self._kept.pop())
        try:
            header = self._parse_header(first, line)
        except csv.Error:
            raise FeedError(
                "header cannot be read: it holds a carriage return or an open quotation mark",
                file=self.lines.stream.path,
                line=line,
                fix="Export with line feeds between rows and every quotation mark closed.",
            ) from None
        self._line += len(self._kept)
        return [name.strip() for name in header]

    def _parse_header(self, first: str, line: int) -> list[str]:
        self.delimiter = self._given or sniff_delimiter(first)
        self._reader = csv.reader(self._play(), delimiter=self.delimiter)
        header = next(self._reader)
        if len(self._kept) > line:  # an open quotation mark would swallow the rows below
            next(csv.reader(self._kept[line - 1 :], delimiter=self.delimiter, strict=True))
        return header

    def _named(self, first: str) -> str:
        """The delimiter of Excel's `sep=;`, empty where it names none."""
        given = first[len("sep=") :]
        if len(given) > 1:
            raise FeedError(
                f"'{first[:20]}' names no delimiter of one character",
                file=self.lines.stream.path,
                line=len(self._kept),
                fix="Write one character after sep=, or delete the line.",
            )
        return given

    def _play(self) -> Iterator[str]:
        """Lines on their way to the parser, kept until their rows are known to be whole."""
        while self._again:
            self._kept.append(self._again.popleft())
            yield self._kept[-1]
        for line in self._source:
            self._kept.append(line)
            yield line

    def _restart(self, used: int) -> None:
        """Parse again from the kept line after the first `used`."""
        self._again.extendleft(reversed(self._kept[used:]))
        self._line += used
        self._kept = []
        self._reader = csv.reader(self._play(), delimiter=self.delimiter)

    def _read(self, rows: Rows, size: int) -> bool:
        """Adds up to `size` rows; false at the end of the file."""
        self._kept.clear()
        found: list[list[str]] = []
        failed = False
        try:
            found.extend(islice(self._reader, size))
        except csv.Error:
            failed = True
        if not self._kept:
            return self._end(rows)
        if self._simple(found):
            self._add(rows, found, range(self._line + 1, self._line + len(found) + 1))
            self._line += len(self._kept)
        else:
            self._sort(rows, found, failed)
        return True

    def _simple(self, found: list[list[str]]) -> bool:
        """Whether every line is a row with all its cells, as nearly always."""
        if len(self._kept) != len(found) or self.lines.stream.cut:
            return False
        return set(map(len, found)) == {len(self.header)} and "\0" not in "".join(self._kept)

    def _sort(self, rows: Rows, found: list[list[str]], failed: bool) -> None:
        """Takes rows one by one, each with the lines it came from."""
        at = 0
        for row in found:
            end = min(at + 1 + sum(cell.count("\n") for cell in row), len(self._kept))
            if not self._take(rows, row, at, end):
                return
            at = end
        if not failed or self._take(rows, [], at, len(self._kept)):
            self._line += len(self._kept)

    def _take(self, rows: Rows, row: list[str], at: int, end: int) -> bool:
        """False where parsing starts again after a stray quotation mark."""
        lines, line = self._kept[at:end], self._line + at + 1
        last = end == len(self._kept) and self.lines.stream.cut is not None
        if (len(lines) > 1 or last) and not self._whole(lines):
            if self._hides_rows(lines):
                self._split(rows, lines[0], line)
                self._restart(at + 1)
                return False
            if last and self._open(lines):
                self.lines.tail = "".join(lines) + (self.lines.tail or "")
                return True
        if any("\0" in cell for cell in row):
            self._reject(rows, lines, line, self._nul(line, end - at))
        elif any(row[len(self.header) :]) or 0 < len(row) < len(self.header):
            reason = f"has {len(row)} cells where the header has {len(self.header)}"
            self._reject(rows, lines, line, reason)
        elif row:
            self._add(rows, [row[: len(self.header)]], [line])
        elif "".join(lines).strip():
            self._reject(rows, lines, line, _unparsed(lines))
        return True

    def _whole(self, lines: list[str]) -> bool:
        """Whether lines are one row by the letter of the format."""
        try:
            parsed = list(csv.reader(lines, delimiter=self.delimiter, strict=True))
        except csv.Error:
            return False
        return len(parsed) == 1 and len(parsed[0]) == len(self.header)

    def _open(self, lines: list[str]) -> bool:
        """Whether a line that followed would still belong to the same row."""
        try:
            return len(list(csv.reader([*lines, "x\n"], delimiter=self.delimiter))) == 1
        except csv.Error:
            return False

    def _hides_rows(self, lines: list[str]) -> bool:
        return any(self._whole([line]) for line in lines[1:])

    def _split(self, rows: Rows, text: str, line: int) -> None:
        """The line that opens a quotation it does not close, its marks read as text."""
        cells = text.rstrip("\r\n").split(self.delimiter)
        if len(cells) == len(self.header) and "\0" not in text:
            self.warnings["quotation mark left open was read as text"] += 1
            self._add(rows, [cells], [line])
        else:
            self._reject(rows, [text], line, "a quotation mark is opened and not closed")

    def _add(self, rows: Rows, found: list[list[str]], lines: Iterable[int]) -> None:
        rows.rows.extend(found)
        rows.numbers.extend(range(self._row + 1, self._row + len(found) + 1))
        rows.lines.extend(lines)
        self._row += len(found)

    def _reject(self, rows: Rows, lines: list[str], line: int, reason: str) -> None:
        self._row += 1
        text = excerpt("".join(lines).strip("\0\r\n"))
        rows.bad.append(Quarantined(self.file, line, self._row, None, reason, text))

    def _nul(self, line: int, lines: int) -> str:
        if self.lines.overlong.isdisjoint(range(line, line + lines)):
            return "has a NUL byte"
        return f"is longer than {self.lines.limit} bytes"

    def _end(self, rows: Rows) -> bool:
        """Reports, once, a stream that ended early."""
        if self.lines.stream.cut and self.lines.tail is not None:
            self._reject(rows, [self.lines.tail], self._line + 1, self.lines.stream.cut)
            self.lines.tail = None
        return False


def _unparsed(lines: list[str]) -> str:
    """Why a CSV parser refuses lines; it says so only in words for programmers."""
    if sum(map(len, lines)) > LINE_LIMIT:
        return f"a cell is longer than {LINE_LIMIT} characters"
    return "a carriage return stands outside quotation marks"
