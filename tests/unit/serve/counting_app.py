"""A small API that says how long a body is, behind a limit; as a program it prints its port."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse

from shelfguard.serve.body_limit import BodyLimit
from shelfguard.serve.problems import install_problems
from shelfguard.serve.slow_clients import BoundedHttpProtocol

LIMIT = 1_000_000


def counting_app() -> FastAPI:
    """POST /length reads its body, /deaf does not, and /slow answers late."""
    app = FastAPI()
    install_problems(app)
    app.add_middleware(BodyLimit, limit=LIMIT)

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.post("/deaf")
    async def deaf() -> PlainTextResponse:
        return PlainTextResponse("heard nothing")

    @app.get("/slow")
    async def slow() -> PlainTextResponse:
        await asyncio.sleep(0.3)
        return PlainTextResponse("late")

    return app


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(
            counting_app(), http=BoundedHttpProtocol, loop="uvloop", ws="none", log_level="critical"
        )
        uvicorn.Server(config).run([listener])
