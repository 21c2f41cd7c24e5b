"""What a bank of hashes is: whose it is, what it stands for, and when a picture counts as known."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shelfguard.durable import write_json
from shelfguard.errors import DataError
from shelfguard.images.hashes.picture_hash import MAX_DISTANCE, MAX_QUALITY, MIN_QUALITY

Text = Annotated[str, Field(min_length=1)]

WIDEST_DISTANCE = 64
"""A quarter of the bits: beyond that pictures match that have nothing in common."""


class BankCard(BaseModel):
    """`bank.json`.

    `clauses` are those of a policy that a known picture breaks; none for a bank of harmless
    pictures. `action` tells people what is done about a match; it decides nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    name: Text
    clauses: tuple[Text, ...] = ()
    supplier: Text
    received: date
    terms: Text
    action: str = ""
    min_quality: int = Field(MIN_QUALITY, ge=0, le=MAX_QUALITY)
    max_distance: int = Field(MAX_DISTANCE, ge=0, le=WIDEST_DISTANCE)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a card.

        Raises:
            DataError: the file cannot be read, or breaks the schema; the first field is named.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            fix = "Make a bank: shelfguard images bank create"
            raise DataError(f"cannot be read: {error.strerror}", file=path, fix=fix) from error
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or None
            raise DataError(first["msg"], file=path, field=field) from error

    def write(self, path: Path) -> None:
        """Write a card in place of whatever `path` held."""
        write_json(path, self.model_dump(mode="json"))
