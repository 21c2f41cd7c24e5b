"""One process that answers requests on a socket which its supervisor holds."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from socket import socket
from types import FrameType

import uvicorn

from shelfguard.errors import ShelfguardError
from shelfguard.serve.app import create_app
from shelfguard.serve.build import build_server
from shelfguard.serve.door import Door
from shelfguard.serve.interpreter import tune
from shelfguard.serve.json_log import log_json
from shelfguard.serve.line import Ready, Unable
from shelfguard.serve.measures import Measures
from shelfguard.serve.options import Options
from shelfguard.serve.peers import Peers
from shelfguard.serve.server import Server
from shelfguard.serve.shared_measures import Share
from shelfguard.serve.slow_clients import BoundedHttpProtocol

LINGER_SECONDS = 1.0
"""For requests on connections that were accepted just before the door closed."""

KEEP_ALIVE_SECONDS = 75
"""Above what clients and load balancers have, so that they close connections, not this."""


def work(
    options: Options, listening: socket, supervisor: Connection, share: Share | None = None
) -> None:
    """Serve until told to stop; tells the supervisor that it is ready, or why it cannot start."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C reaches the group; the supervisor decides
    log_json(options.log_level)
    try:
        server = build_server(options, Measures(share))
    except ShelfguardError as error:
        supervisor.send(Unable(error.exit_code, str(error)))
        return
    process = Worker(server, options, supervisor)
    tune()
    process.run(sockets=[listening])


class Worker(uvicorn.Server):
    """Uvicorn, which stops in three steps: not ready, then no new connections, then none at all.

    From the first step on every answer closes its connection, so that clients which keep theirs
    open turn to another process. What connects after the second waits in the socket that the
    supervisor holds. No request finds itself on a connection that closes before it is read.
    """

    def __init__(self, server: Server, options: Options, supervisor: Connection) -> None:
        super().__init__(_config(server, options))
        self._server, self._drain, self._supervisor = server, options.drain, supervisor
        self._peers = Peers(supervisor)
        server.spread = self._peers.follow

    async def startup(self, sockets: list[socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup([])  # nobody but the door accepts
        if self.should_exit:
            return
        assert sockets
        self._door = Door(sockets[0], self._protocol)
        self._door.open()
        self._supervisor.send(Ready())
        threading.Thread(target=self._listen, daemon=True).start()

    def _protocol(self) -> asyncio.Protocol:
        return BoundedHttpProtocol(self.config, self.server_state, self.lifespan.state)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal begins the end, a second one hurries it."""
        if not self._server.ready:
            super().handle_exit(sig, frame)
            return
        self._server.ready = False
        self._loop.call_soon_threadsafe(self._begin_the_end)

    def _listen(self) -> None:
        """A supervisor that was killed closes its end; then this finishes what it has."""
        with suppress(EOFError, OSError):
            while True:
                self._loop.call_soon_threadsafe(self._peers.heard, self._supervisor.recv())
        self.handle_exit(signal.SIGTERM, None)

    def _begin_the_end(self) -> None:
        self._peers.end()
        self._loop.call_later(self._drain, self._turn_away)

    def _turn_away(self) -> None:
        self._door.close()
        self._loop.call_later(LINGER_SECONDS, self._finish)

    def _finish(self) -> None:
        self.should_exit = True


def _config(server: Server, options: Options) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(server),
        loop="uvloop",
        http=BoundedHttpProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        proxy_headers=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(options.limits.longest_seconds) + 1,
        backlog=2048,
    )
