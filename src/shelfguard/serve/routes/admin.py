"""`/v1/admin`: another pack or other models, without a restart."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from shelfguard.errors import ShelfguardError
from shelfguard.serve.problems import Problem
from shelfguard.serve.server import Server
from shelfguard.store.scopes import Scope


class _Guarded(APIRoute):
    """Asks for the key before anything is read: who has none learns nothing of what is wrong."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            server: Server = request.app.state.server
            await server.access.client(request, Scope.ADMIN)
            return await handle(request)

        return guarded


router = APIRouter(prefix="/v1/admin", tags=["admin"], route_class=_Guarded)


class Reload(BaseModel):
    """What to decide by from now on; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    pack: str | None = Field(default=None, min_length=1, description="Name or folder of a pack")
    model: str | None = Field(
        default=None,
        min_length=1,
        description="Folder, or mlflow:models:/NAME@ALIAS; null returns to the pack's own models",
    )


class Reloaded(BaseModel):
    """What was decided by before, what is now, and by how many processes: all that there are."""

    before: str
    now: str
    models: str
    processes: int


@router.post("/reload", summary="Swap the pack and its models while serving")
async def reload(request: Request, asked: Reload) -> Reloaded:
    """Loads beside what serves, warms it up, then swaps; no other request waits for it or fails.

    Answered once every process of this server decides so. Where one cannot follow yet the answer is
    503, and the server goes on trying. What is started later decides so too.
    """
    server: Server = request.app.state.server
    before = server.pack.label
    try:
        processes = await server.reload(asked.model_dump(exclude_unset=True))
    except ShelfguardError as error:
        detail = f"{error.problem}. {error.fix or ''}".strip()
        raise Problem(409, "Cannot be loaded", detail) from error
    now = server.service.generation
    return Reloaded(
        before=before,
        now=now.pack.label,
        models=now.quick.context.digest,
        processes=processes,
    )
