"""Fetched pictures on disk: found by URL, each content kept once, the least recently used go first.

An SQLite index beside files named by SHA-256. Every change is one transaction that holds the write
lock, files included, so several processes of one machine may share a folder.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from shelfguard.errors import ShelfguardError
from shelfguard.images.fetch.freshness import freshness
from shelfguard.images.sqlite_file import open_shared

SCHEMA = """
CREATE TABLE IF NOT EXISTS contents (sha256 TEXT PRIMARY KEY, size INTEGER, used REAL);
CREATE INDEX IF NOT EXISTS least_recent ON contents (used, size);
CREATE TABLE IF NOT EXISTS answers (
    url TEXT PRIMARY KEY, sha256 TEXT REFERENCES contents ON DELETE CASCADE,
    etag TEXT, last_modified TEXT, lifetime REAL, fresh_until REAL);
CREATE INDEX IF NOT EXISTS by_content ON answers (sha256);
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept answer; fresh ones may be used without asking the server."""

    data: bytes
    sha256: str
    fresh: bool
    etag: str | None
    last_modified: str | None

    def conditions(self) -> dict[str, str]:
        """The headers that ask for the picture only where it changed (RFC 9110, section 13)."""
        named = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in named.items() if value}


class PictureCache:
    """Pictures by URL in a folder of at most `max_bytes`; close after use.

    Raises:
        ShelfguardError: the folder cannot be used.
    """

    def __init__(
        self, folder: Path, max_bytes: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder, self._max_bytes, self._clock = folder, max_bytes, clock
        try:
            self._index = open_shared(folder / "index.sqlite", SCHEMA)
        except (OSError, sqlite3.Error) as error:
            fix = "Name a folder that can be written to, or remove what is there"
            raise ShelfguardError(f"cannot keep pictures: {error}", file=folder, fix=fix) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._index.close()

    def get(self, url: str) -> Kept | None:
        """What is kept of a URL, if its bytes are still there and whole."""
        row = self._index.execute(
            "SELECT sha256, fresh_until, etag, last_modified FROM answers WHERE url = ?", (url,)
        ).fetchone()
        data = self._read(row[0]) if row else None
        if data is None:
            return None
        now = self._clock()
        with self._index:
            self._index.execute("UPDATE contents SET used = ? WHERE sha256 = ?", (now, row[0]))
        return Kept(data, row[0], row[1] > now, row[2], row[3])

    def put(self, url: str, data: bytes, headers: Mapping[str, str]) -> None:
        """Keep an answer, if its headers (names in lower case) allow that and make it useful."""
        allowed, validators = freshness(headers), _validators(headers)
        useful = allowed.lifetime or any(validators)
        with self._index:
            self._index.execute("BEGIN IMMEDIATE")
            self._index.execute("DELETE FROM answers WHERE url = ?", (url,))
            if allowed.keep and useful and len(data) <= self._max_bytes:
                sha256 = self._add(data)
                until = self._clock() + (allowed.lifetime or 0)
                answer = (url, sha256, *validators, allowed.lifetime, until)
                self._index.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?)", answer)
                self._shrink()

    def renew(self, url: str, headers: Mapping[str, str]) -> None:
        """The server said that nothing changed (304): what is kept is as fresh as it says now."""
        allowed = freshness(headers)
        with self._index:
            self._index.execute(
                "UPDATE answers SET lifetime = coalesce(?, lifetime) WHERE url = ?",
                (allowed.lifetime, url),
            )
            self._index.execute(
                "UPDATE answers SET fresh_until = ? + coalesce(lifetime, 0) WHERE url = ?",
                (self._clock(), url),
            )

    def _add(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        file = self._file(sha256)
        if self._read(sha256) is None:
            file.parent.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as stream:
                stream.write(data)
            Path(stream.name).replace(file)
        self._index.execute(
            "INSERT INTO contents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET used = excluded.used",
            (sha256, len(data), self._clock()),
        )
        return sha256

    def _shrink(self) -> None:
        total = self._index.execute("SELECT sum(size) FROM contents").fetchone()[0]
        oldest = self._index.execute("SELECT sha256, size FROM contents ORDER BY used")
        for sha256, size in oldest.fetchall() if total > self._max_bytes else ():
            self._index.execute("DELETE FROM contents WHERE sha256 = ?", (sha256,))
            self._file(sha256).unlink(missing_ok=True)
            total -= size
            if total <= self._max_bytes:
                break

    def _read(self, sha256: str) -> bytes | None:
        """The bytes, unless they were evicted, cut short or changed."""
        try:
            data = self._file(sha256).read_bytes()
        except OSError:
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def _file(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _validators(headers: Mapping[str, str]) -> list[str | None]:
    values = (headers.get(name, "") for name in ("etag", "last-modified"))
    return [value if value and value.isascii() else None for value in values]
