"""`/v1/shadow`: where the challenger would have decided otherwise."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Engine

from shelfguard.serve.problems import Problem
from shelfguard.serve.server import Server
from shelfguard.store import shadow
from shelfguard.store.database import reading
from shelfguard.store.scopes import Scope

router = APIRouter(prefix="/v1/shadow", tags=["shadow"])


@router.get("", summary="What the challenger would change")
async def changes(
    request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> dict[str, Any]:
    """How often each outcome became which, and the latest differences with both sides' reasons."""
    server: Server = request.app.state.server
    await server.access.client(request, Scope.READ)
    if server.store is None or server.challenger is None:
        raise Problem(404, "Not Found", "This server runs no challenger")
    return await asyncio.to_thread(_read, server.store, server.challenger, limit)


def _read(store: Engine, challenger: str, limit: int) -> dict[str, Any]:
    with reading(store) as connection:
        counts = shadow.changes(connection, challenger)
        latest = shadow.recent(connection, challenger, limit)
    return {
        "challenger": challenger,
        "changes": [
            {"champion": before, "challenger": after, "decisions": number}
            for (before, after), number in sorted(counts.items())
        ],
        "latest": [
            {
                "decision": difference.decision_id,
                "listing_id": difference.listing_id,
                "champion": difference.champion_outcome,
                "challenger": difference.challenger_outcome,
                "seen_at": difference.seen_at.isoformat(),
                "reasons": json.loads(difference.body),
            }
            for difference in latest
        ],
    }
