"""The head of the decision log: the last segment, so that a missing end is noticed."""

from __future__ import annotations

from uuid import uuid4

from pydantic import BaseModel, ConfigDict, ValidationError

from shelfguard.chained_log import FIRST
from shelfguard.errors import StoreError
from shelfguard.objects import Place

NAME = "HEAD.json"


class NotAHeadError(StoreError):
    """The head of a log was changed."""


class Head(BaseModel):
    """The chain's own id, and the index and SHA-256 of its last segment; index 0: none yet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chain: str
    index: int = 0
    sha256: str = FIRST

    def write(self, log: Place) -> None:
        """Put this in place of the head that was there."""
        (log / NAME).write(self._as_bytes())

    @classmethod
    def read(cls, log: Place) -> Head | None:
        """The head of a log, None where there is none.

        Raises:
            NotAHeadError: it was changed.
            StoreError: the place cannot be reached.
        """
        at = log / NAME
        if not at.exists():
            return None
        try:
            return cls.model_validate_json(at.read())
        except ValidationError as error:
            fix = "Restore the log from a backup"
            raise NotAHeadError("is no head of a decision log", file=at.url, fix=fix) from error

    @classmethod
    def begin(cls, log: Place) -> Head:
        """The head of a log, which is a new one where there was none; two who begin get one."""
        found = cls.read(log)
        if found:
            return found
        new = cls(chain=uuid4().hex)
        if (log / NAME).create(new._as_bytes()):
            return new
        return cls.begin(log)

    def _as_bytes(self) -> bytes:
        return self.model_dump_json().encode() + b"\n"
