"""What a reader of an exchange file finds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shelfguard.errors import DataError
from shelfguard.images.banks.entries import NewEntry
from shelfguard.images.hashes.picture_hash import MAX_QUALITY, PictureHash

UNVERIFIED = "INVESTIGATION_SEED"
"""ThreatExchange's word for a signal that nobody has confirmed; such entries bear it as a tag."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A sound record that is not for a bank of pictures: of another kind, or withdrawn."""

    why: str


Item = NewEntry | SetAside | DataError
"""An error is yielded, not raised, so that one bad record need not cost all others."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: a line, or where lines mean nothing, a path into the document."""

    file: Path
    line: int | None = None
    path: str = ""

    def error(self, field: str, problem: str) -> DataError:
        """What is wrong with a field of the record."""
        name = ".".join(part for part in (self.path, field) if part)
        fix = "Correct it, or leave such records out: --skip-invalid"
        return DataError(problem, file=self.file, line=self.line, field=name, fix=fix)


def hash_or_error(place: Place, field: str, text: str, quality: int | None = None) -> PictureHash:
    """A hash and its quality as a file tells them.

    Raises:
        DataError: one of them is none.
    """
    if quality is not None and not 0 <= quality <= MAX_QUALITY:
        raise place.error("quality", f"{quality} is not between 0 and {MAX_QUALITY}")
    try:
        return PictureHash.from_hex(text, quality)
    except ValueError as error:
        raise place.error(field, f"'{text[:80]}' {error}") from error
