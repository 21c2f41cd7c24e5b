"""Every error that a user can cause, each with its own exit code."""

from __future__ import annotations

from pathlib import Path

REBUILD = "Build the pack's models again: python -m shelfguard.learn.build"
"""What helps where a pack's model files do not fit this version or each other."""


class ShelfguardError(Exception):
    """A problem to show as one message: where it is, what is wrong, what to do."""

    exit_code = 1

    def __init__(
        self,
        problem: str,
        *,
        file: Path | str | None = None,
        line: int | None = None,
        field: str | None = None,
        fix: str | None = None,
    ) -> None:
        self.problem, self.file, self.line, self.field, self.fix = problem, file, line, field, fix
        super().__init__(str(self))

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        parts = [place, self.field and f"field '{self.field}'", self.problem]
        message = ": ".join(part for part in parts if part)
        return f"{message}. {self.fix}" if self.fix else message


class FeedError(ShelfguardError):
    """The feed as a whole cannot be read; single bad rows are quarantined instead."""

    exit_code = 3


class PackError(ShelfguardError):
    """The policy pack breaks its schema."""

    exit_code = 4


class ModelError(ShelfguardError):
    """A model file is missing, or is not the one that its digest names."""

    exit_code = 5


class RunError(ShelfguardError):
    """The output folder cannot take this run, or does not hold what was asked for."""

    exit_code = 6


class FindingsError(ShelfguardError):
    """The command did its work and found what it was asked to fail on."""

    exit_code = 7


class DataError(ShelfguardError):
    """Labels or a dataset cannot be read, or contradict each other."""

    exit_code = 8


class GateError(ShelfguardError):
    """A model did not pass the gates between it and promotion."""

    exit_code = 9


class StoreError(ShelfguardError):
    """A database, object store or cache cannot be reached, or does not hold what it should."""

    exit_code = 11


class ServeError(ShelfguardError):
    """The server cannot start as it was asked to."""

    exit_code = 12
