"""One decision as the store keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row


@dataclass(frozen=True, slots=True)
class Saved:
    """A decision's JSON (`body`, as it was answered) with what it is looked up by.

    `client` is the name of the API key that asked; `listing` the listing's JSON, where it is
    kept; `seq` the store's number of this row, which counts up, with gaps.
    """

    decision_id: str
    listing_id: str
    content_hash: str
    pack: str
    models: str
    outcome: str
    clause: str | None
    mode: str
    stage: str
    degraded: bool
    decided_at: datetime
    body: str
    client: str | None = None
    request_id: str | None = None
    listing: str | None = None
    seq: int | None = None

    @classmethod
    def of(
        cls,
        decision: Mapping[str, Any],
        body: str,
        *,
        client: str | None = None,
        request_id: str | None = None,
        listing: str | None = None,
    ) -> Saved:
        """From a row of DECISION_SCHEMA, as it is or as its JSON has it, and that JSON's text."""
        reasons, time = decision["reasons"], decision["decided_at"]
        return cls(
            decision_id=decision["id"],
            listing_id=decision["listing_id"],
            content_hash=decision["content_hash"],
            pack=decision["pack"],
            models=decision["models"],
            outcome=decision["outcome"],
            clause=reasons[0]["clause"] if reasons else None,
            mode=decision["mode"],
            stage=decision["stage"],
            degraded=bool(decision["degraded"]),
            decided_at=time if isinstance(time, datetime) else datetime.fromisoformat(time),
            body=body,
            client=client,
            request_id=request_id,
            listing=listing,
        )

    @classmethod
    def read(cls, row: Row[Any]) -> Saved:
        """From a row of the table."""
        return cls(**row._mapping)
