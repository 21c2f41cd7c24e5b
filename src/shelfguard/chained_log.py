"""An append-only log of JSON lines, each holding the digest of the one before."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from shelfguard.errors import FindingsError

FIRST = "0" * 64
"""What stands for the digest of the line before the first."""


class Link(BaseModel):
    """A line of a log; `previous` is set when it is written."""

    previous: str = FIRST

    def as_line(self) -> str:
        """As it stands in the log, without the line's end."""
        return self.model_dump_json(exclude_defaults=True)


Line = TypeVar("Line", bound=Link)


@dataclass(slots=True)
class Writer(Generic[Line]):
    """A log that is held, with what it says so far."""

    descriptor: int
    lines: list[Line]
    last: str

    def append(self, line: Line) -> None:
        """Add a line; it is on the disk when this returns."""
        chained = line.model_copy(update={"previous": self.last})
        text = chained.as_line().encode()
        os.write(self.descriptor, text + b"\n")
        os.fsync(self.descriptor)
        self.lines.append(chained)
        self.last = _digest(text)


class ChainedLog(Generic[Line]):
    """A log file. Writers wait for each other; a lock goes with its process, however it ends."""

    def __init__(self, path: Path, kind: type[Line]) -> None:
        self.path, self._kind = path, kind

    @contextmanager
    def writing(self) -> Iterator[Writer[Line]]:
        """Hold the log alone from reading to writing.

        Raises:
            FindingsError: the log was tampered with, or its last line is half written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            yield Writer(stream.fileno(), *self._read(stream.read()))

    def read(self) -> list[Line]:
        """All lines, oldest first, after the chain was checked.

        Raises:
            FindingsError: a line was changed, removed or half written; it is named.
        """
        with self.path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH)
            return self._read(stream.read())[0]

    def _read(self, content: bytes) -> tuple[list[Line], str]:
        """The lines, and the digest of the last one."""
        lines: list[Line] = []
        last = FIRST
        *texts, rest = content.split(b"\n")
        for number, text in enumerate(texts, 1):
            lines.append(self._line(text, number))
            if lines[-1].previous != last:
                problem = "the line before it was changed, added or removed"
                raise self._broken(problem, number)
            last = _digest(text)
        if rest:
            raise self._broken("half a line, whose writer was killed", len(texts) + 1)
        return lines, last

    def _line(self, text: bytes, number: int) -> Line:
        try:
            return self._kind.model_validate_json(text)
        except ValidationError as error:
            raise self._broken("is no entry of this log", number) from error

    def _broken(self, problem: str, number: int) -> FindingsError:
        fix = "Restore the log from a backup, or remove half a line at its end"
        return FindingsError(problem, file=self.path, line=number, fix=fix)


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
