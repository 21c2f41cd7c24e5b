"""What could not be delivered, as lines of a file from which it can be sent again."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from shelfguard.durable import sync
from shelfguard.errors import ServeError
from shelfguard.store.deliveries import Delivery


class DeadLetter(BaseModel):
    """A delivery that was given up, and why."""

    model_config = ConfigDict(extra="forbid")

    id: str
    endpoint: str
    reason: str
    attempts: int
    created_at: datetime
    given_up_at: datetime
    event: dict[str, Any]

    def delivery(self) -> Delivery:
        """The same, to be sent as if for the first time."""
        return Delivery.new(self.id, self.endpoint, json.dumps(self.event, ensure_ascii=False))


def bury(file: Path, delivery: Delivery, reason: str, now: datetime) -> None:
    """Add a delivery to the file; it is on the disk when this returns."""
    letter = DeadLetter(
        id=delivery.id,
        endpoint=delivery.endpoint,
        reason=reason,
        attempts=delivery.attempts,
        created_at=delivery.created_at,
        given_up_at=now,
        event=json.loads(delivery.event),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    with _held(file) as stream:
        start = b"\n" if _ends_in_half_a_line(stream) else b""
        stream.write(start + letter.model_dump_json().encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    sync(file.parent)


@contextmanager
def taking(file: Path) -> Iterator[list[DeadLetter]]:
    """All letters of a file, which is emptied if what is done with them succeeds.

    Raises:
        ServeError: the file is not there, or a line of it cannot be read; nothing is taken.
    """
    if not file.is_file():
        raise ServeError("there is no such file of dead letters", file=file)
    with _held(file) as stream:
        stream.seek(0)
        yield [_letter(file, number, line) for number, line in enumerate(stream, 1)]
        stream.truncate(0)
        os.fsync(stream.fileno())


@contextmanager
def _held(file: Path) -> Iterator[BinaryIO]:
    """The file, for one process at a time."""
    with file.open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream


def _ends_in_half_a_line(stream: BinaryIO) -> bool:
    """Whether its last writer was killed while it wrote."""
    if stream.seek(0, os.SEEK_END) == 0:
        return False
    stream.seek(-1, os.SEEK_END)
    return stream.read(1) != b"\n"


def _letter(file: Path, number: int, line: bytes) -> DeadLetter:
    try:
        return DeadLetter.model_validate_json(line)
    except ValidationError as error:
        problem = "is no dead letter"
        fix = "Take the line out of the file; half a line is one whose delivery is still queued"
        raise ServeError(problem, file=file, line=number, fix=fix) from error
