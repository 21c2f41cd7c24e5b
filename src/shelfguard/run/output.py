"""Where a scan writes: a folder of this machine, or one in an object store."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from shelfguard.run.export import Format
from shelfguard.run.identity import Identity
from shelfguard.run.parts import Parts

Table = Literal["delta"]
"""A table format, besides plain Parquet."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a scan was asked for besides decisions."""

    clauses: Sequence[str]
    export: Format | None = None
    scores: Path | None = None
    table: Table | None = None


class Output(Protocol):
    """The place of one scan's result, which may be in the middle of it."""

    @property
    def chunks(self) -> Parts:
        """Where workers commit."""
        ...

    def model_in_use(self, source: str) -> dict[str, Any] | None:
        """What an unfinished run here took `source` to be; None where none did."""
        ...

    def locked(self) -> AbstractContextManager[None]:
        """Keep other scans out, where the place can."""
        ...

    def open(self, identity: Identity, *, resume: bool, overwrite: bool) -> str:
        """Make ready for this run, or to continue it; gives the time of its first start.

        Raises:
            RunError: another run is here, and was not said to be overwritten.
        """
        ...

    def forgotten_if_nothing_is_done(self) -> AbstractContextManager[None]:
        """Let an error leave no unfinished run where there is nothing to continue."""
        ...

    def merge(self, indexes: Sequence[int], wanted: Wanted) -> dict[str, Any]:
        """Make the result of these chunks; gives what `run.json` says of it."""
        ...

    def write_record(self, record: dict[str, Any]) -> None:
        """Write `run.json`, by which the scan is finished."""
        ...

    def close(self) -> None:
        """Remove what only an unfinished run needs."""
        ...
