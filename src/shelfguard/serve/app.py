"""The API as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp

from shelfguard.serve.body_limit import BodyLimit
from shelfguard.serve.entrance import Entrance
from shelfguard.serve.observe import Observe
from shelfguard.serve.openapi import document_api
from shelfguard.serve.problems import install_problems
from shelfguard.serve.routes import admin, comments, decisions, docs, health, policy, shadow
from shelfguard.serve.server import Server
from shelfguard.serve.shortcut import Shortcut

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""Asking OpenTelemetry whether it is there took a tenth of each request; `/metrics` has it all."""


def create_app(server: Server) -> ASGIApp:
    """The whole application around a server that is not started yet."""
    app = FastAPI(
        title="Shelfguard",
        lifespan=_life,
        telemetry=NO_TELEMETRY,
        docs_url=None,  # its pages load scripts from elsewhere; ours loads nothing
        redoc_url=None,
    )
    app.state.server = server
    install_problems(app)
    for routes in (decisions, policy, shadow, admin, health, comments, docs):
        app.include_router(routes.router)
    document_api(app)
    limited = BodyLimit(Shortcut(app, server), server.limits.body_bytes)
    return Entrance(Observe(limited, server), server)


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Start what decides; at the end finish what was let in, then what works beside it."""
    server: Server = app.state.server
    server.service.start()
    failed = server.measures.failed
    tasks = [asyncio.create_task(each.run(failed)) for each in server.background]
    server.pulse.start()
    server.ready = True
    try:
        yield
    finally:
        server.ready = False
        server.pulse.stop()
        await asyncio.to_thread(server.service.stop)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.close()
