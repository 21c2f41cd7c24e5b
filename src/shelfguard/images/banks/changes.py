"""What a bank's log says: who changed it, when, how and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from pydantic import ConfigDict, Field

from shelfguard.chained_log import Link


class Change(Link):
    """One line of the log.

    `file` of the bank's folder was written with this digest and holds so many new entries;
    `removed` are ids of entries.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: datetime = Field(default_factory=lambda: datetime.now(UTC))
    who: str = Field(min_length=1)
    what: Literal["create", "add", "import", "remove"]
    because: str | None = None
    file: str | None = None
    sha256: str | None = None
    entries: int = Field(0, ge=0)
    removed: tuple[int, ...] = ()


def total(changes: Sequence[Change]) -> int:
    """How many entries were ever added; ids run from 1 to this."""
    return sum(change.entries for change in changes)


def removed(changes: Sequence[Change]) -> set[int]:
    """The ids of entries that were removed."""
    return {number for change in changes for number in change.removed}
