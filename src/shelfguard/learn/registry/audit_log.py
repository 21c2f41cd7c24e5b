"""The log of promotions: append-only JSON lines, each holding the digest of the one before."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shelfguard.errors import FindingsError
from shelfguard.learn.registry.registry import SQLITE, Registry

FIRST = "0" * 64
NAME = "promotions.jsonl"

What = Literal["promotion", "refusal", "rollback"]


class Entry(BaseModel):
    """One line. `before` and `after` say what `champion` was and is: name, version, digest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: datetime = Field(default_factory=lambda: datetime.now(UTC))
    who: str
    what: What
    pack: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    gates: list[dict[str, Any]] = []
    because: str | None = None
    previous: str = FIRST


class AuditLog:
    """A log file. Writers wait for each other; a lock goes with its process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, registry: Registry, path: Path | None = None) -> AuditLog:
        """The log of a registry: beside its SQLite file, or for a server in this folder."""
        local = registry.uri.startswith(SQLITE)
        folder = Path(registry.uri.removeprefix(SQLITE)).parent if local else Path()
        return cls(path or folder / NAME)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the log alone from reading to writing.

        Raises:
            FindingsError: the log was tampered with, or its last line is half written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            yield Writer(stream.fileno(), *_read(stream.read(), self.path))

    def entries(self) -> list[Entry]:
        """All entries, oldest first, after the chain was checked.

        Raises:
            FindingsError: a line was changed, removed or half written; it is named.
        """
        if not self.path.exists():
            return []
        with self.path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH)
            return _read(stream.read(), self.path)[0]


class Writer:
    """A log that is held, with what it says so far."""

    def __init__(self, descriptor: int, entries: list[Entry], last: str) -> None:
        self._descriptor, self.entries, self._last = descriptor, entries, last

    def append(self, entry: Entry) -> None:
        """Add a line; it is on the disk when this returns."""
        chained = entry.model_copy(update={"previous": self._last})
        line = json.dumps(chained.model_dump(mode="json"), ensure_ascii=False).encode()
        os.write(self._descriptor, line + b"\n")
        os.fsync(self._descriptor)
        self.entries.append(chained)
        self._last = _digest(line)


def champions(entries: list[Entry], pack: str) -> list[dict[str, Any]]:
    """The champions of a pack that a rollback could go back to, oldest first, then today's."""
    stack: list[dict[str, Any]] = []
    for entry in entries:
        if entry.pack != pack or entry.after is None:
            continue
        if entry.what == "promotion":
            for champion in (entry.before, entry.after):
                if champion and champion != (stack[-1] if stack else None):
                    stack.append(champion)
        elif entry.what == "rollback":
            while stack and stack[-1] != entry.after:
                stack.pop()
    return stack


def _read(content: bytes, path: Path) -> tuple[list[Entry], str]:
    """The entries, and the digest of the last line."""
    entries: list[Entry] = []
    last = FIRST
    *lines, rest = content.split(b"\n")
    for number, line in enumerate(lines, 1):
        entries.append(_entry(line, path, number))
        if entries[-1].previous != last:
            problem = "the line before it was changed, added or removed"
            raise FindingsError(problem, file=path, line=number, fix="Restore it from a backup")
        last = _digest(line)
    if rest:
        fix = "Its writer was killed: remove the half line, then see what champion is now"
        raise FindingsError("half a line", file=path, line=len(lines) + 1, fix=fix)
    return entries, last


def _entry(line: bytes, path: Path, number: int) -> Entry:
    try:
        return Entry.model_validate_json(line)
    except ValidationError as error:
        fix = "Restore it from a backup"
        raise FindingsError("is no entry of this log", file=path, line=number, fix=fix) from error


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
