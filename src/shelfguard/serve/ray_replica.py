"""One replica under Ray Serve: the API of the default, and those of the models that are named."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from collections.abc import Awaitable, Callable, Mapping

from ray import serve
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.lifespan.on import LifespanOn

from shelfguard.errors import ShelfguardError
from shelfguard.serve.app import create_app
from shelfguard.serve.build import build_server
from shelfguard.serve.interpreter import tune
from shelfguard.serve.options import Options
from shelfguard.serve.problems import problem
from shelfguard.serve.server import Server

log = logging.getLogger(__name__)

Load = Callable[[str], Awaitable[ASGIApp]]


class Replica:
    """What Ray Serve starts, checks and ends; it hands in requests once this is ready."""

    def __init__(
        self, options: Options, models: Mapping[str, Options], models_at_once: int
    ) -> None:
        self._server, self._models = build_server(options), models
        tune()
        self._load: Load = serve.multiplexed(max_num_models_per_replica=models_at_once)(
            _loading(models)
        )

    def __serve_build_asgi_app__(self) -> ASGIApp:
        return Multiplexed(create_app(self._server), self._models, self._load)

    async def check_health(self) -> None:
        """As `/health/ready`; Ray replaces a replica of which this fails again and again."""
        if not self._server.ready:
            raise RuntimeError("not ready")


class Multiplexed:
    """Hands each request to the API of the model that it names, or to the default's."""

    def __init__(self, default: ASGIApp, models: Mapping[str, Options], load: Load) -> None:
        self._default, self._models, self._load = default, models, load

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = serve.get_multiplexed_model_id() if scope["type"] == "http" else ""
        app = await self._named(name) if name else self._default
        await app(scope, receive, send)

    async def _named(self, name: str) -> ASGIApp:
        if name not in self._models:
            return problem(404, "Unknown model", "There is no model of the name in the header")
        try:
            return await self._load(name)
        except ShelfguardError as error:
            log.error("the model '%s' cannot be loaded: %s", name, error)
            return problem(503, "Cannot be loaded", "The model cannot be loaded; the log says why")


class RunningApi:
    """An API that ends when nobody refers to it: when Ray has dropped it and all is answered."""

    def __init__(self, server: Server) -> None:
        self._app = create_app(server)
        self._lifespan = LifespanOn(Config(self._app, lifespan="on", log_config=None))

    async def start(self) -> None:
        await self._lifespan.startup()
        end = weakref.finalize(self, _end, self._lifespan, asyncio.get_running_loop())
        end.atexit = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def _loading(models: Mapping[str, Options]) -> Load:
    async def load(name: str) -> ASGIApp:
        api = RunningApi(await asyncio.to_thread(build_server, models[name]))
        await api.start()
        return api

    return load


def _end(lifespan: LifespanOn, loop: asyncio.AbstractEventLoop) -> None:
    asyncio.run_coroutine_threadsafe(_shut_down(lifespan), loop)


async def _shut_down(lifespan: LifespanOn) -> None:
    """End an API, and free at once the hundreds of megabytes that it held in cycles."""
    await lifespan.shutdown()
    del lifespan
    await asyncio.to_thread(gc.collect)
