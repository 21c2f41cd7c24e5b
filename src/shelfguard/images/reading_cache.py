"""Readings by the SHA-256 of a picture, so that one picture on many listings is seen once.

What is kept never goes stale: the key names the detector's version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from shelfguard.errors import ShelfguardError
from shelfguard.images.sqlite_file import open_shared

SCHEMA = """
CREATE TABLE IF NOT EXISTS readings (
    sha256 TEXT, detector TEXT, version TEXT, reading TEXT NOT NULL,
    PRIMARY KEY (sha256, detector, version)) WITHOUT ROWID;
"""

Key = tuple[str, str, str]
"""SHA-256 of the picture, name and version of the detector."""


class ReadingCache:
    """Readings as JSON in an SQLite file, or in memory; several processes may share the file.

    Raises:
        ShelfguardError: the file cannot be used.
    """

    def __init__(self, file: Path | None = None) -> None:
        try:
            self._readings = open_shared(file, SCHEMA)
        except (OSError, sqlite3.Error) as error:
            fix = "Name a folder that can be written to, or remove what is there"
            raise ShelfguardError(f"cannot keep readings: {error}", file=file, fix=fix) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._readings.close()

    def get(self, key: Key) -> str | None:
        """The reading of a picture by a detector of this version, if it is kept."""
        row = self._readings.execute(
            "SELECT reading FROM readings WHERE sha256 = ? AND detector = ? AND version = ?", key
        ).fetchone()
        return row[0] if row else None

    def put(self, readings: Iterable[tuple[Key, str]]) -> None:
        """Keep readings, all of them or none."""
        rows = [(*key, reading) for key, reading in readings]
        with self._readings:
            self._readings.execute("BEGIN IMMEDIATE")
            self._readings.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?)", rows)
