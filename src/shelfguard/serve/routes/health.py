"""Is it alive, is it ready, which version is it, how does it do."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from shelfguard import __version__
from shelfguard.serve.problems import Problem
from shelfguard.serve.server import Server

router = APIRouter(tags=["health"])

METRICS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/health/live", summary="Whether the process works")
async def live() -> dict[str, str]:
    """An orchestrator restarts what does not answer this."""
    return {"status": "live"}


@router.get("/health/ready", summary="Whether requests should be sent here")
async def ready(request: Request) -> dict[str, str]:
    """503 before the models are loaded, and from the moment that the server is told to stop."""
    server: Server = request.app.state.server
    if not server.ready:
        raise Problem(503, "Not ready", "This server is starting or stopping")
    return {"status": "ready", "pack": server.pack.label}


@router.get("/version", summary="Which Shelfguard this is")
async def version(request: Request) -> dict[str, str]:
    """The versions of the program and of what it decides by."""
    server: Server = request.app.state.server
    generation = server.service.generation
    return {
        "shelfguard": __version__,
        "pack": generation.pack.label,
        "models": generation.quick.context.digest,
        "loaded_at": generation.loaded_at.isoformat(),
    }


@router.get("/metrics", summary="Counts and times, for Prometheus", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """All of it since the server began, by all of its processes."""
    server: Server = request.app.state.server
    return Response(server.measures.shown(), media_type=METRICS)
