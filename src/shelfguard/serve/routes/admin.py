"""`/v1/admin`: another pack or other models, without a restart."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from shelfguard.errors import ShelfguardError
from shelfguard.serve.problems import Problem
from shelfguard.serve.server import Server
from shelfguard.store.scopes import Scope

router = APIRouter(prefix="/v1/admin", tags=["admin"])


class Reload(BaseModel):
    """What to decide by from now on; what is left out stays as the server was started with."""

    model_config = ConfigDict(extra="forbid")

    pack: str | None = Field(default=None, min_length=1, description="Name or folder of a pack")
    model: str | None = Field(
        default=None, min_length=1, description="Folder, or mlflow:models:/NAME@ALIAS"
    )


class Reloaded(BaseModel):
    """What was decided by before, and what is now."""

    before: str
    now: str
    models: str


@router.post("/reload", summary="Swap the pack and its models while serving")
async def reload(request: Request, asked: Reload) -> Reloaded:
    """Loads beside what serves, warms it up, then swaps; no request waits for it or fails."""
    server: Server = request.app.state.server
    await server.access.client(request, Scope.ADMIN)
    before = server.pack.label
    try:
        await server.reload(asked.pack, asked.model)
    except ShelfguardError as error:
        detail = f"{error.problem}. {error.fix or ''}".strip()
        raise Problem(409, "Cannot be loaded", detail) from error
    now = server.service.generation
    return Reloaded(before=before, now=now.pack.label, models=now.quick.context.digest)
