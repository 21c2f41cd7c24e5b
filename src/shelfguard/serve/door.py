"""Lets connections in, all that wait at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from socket import socket

log = logging.getLogger(__name__)

AT_ONCE = 256
"""Connections taken in one go, before those that are open have their turn."""

PAUSE_SECONDS = 1.0
"""How long the door stays shut when the system has no room for another connection."""


class Door:
    """Accepts on a socket that other processes may share.

    uvloop's own server takes one connection each time round its loop. Under overload a round takes
    long, so that connections would wait in the kernel for a minute, neither served nor refused.
    """

    def __init__(self, listening: socket, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._socket, self._protocol = listening, protocol
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[object]] = set()
        self._reopening: asyncio.TimerHandle | None = None

    def open(self) -> None:
        self._socket.setblocking(False)
        self._loop.add_reader(self._socket, self._accept)

    def close(self) -> None:
        """Accept no more; what waits is left to whoever shares the socket."""
        self._loop.remove_reader(self._socket)
        if self._reopening is not None:
            self._reopening.cancel()

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                client, _ = self._socket.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:  # no file to spare, say: trying again at once would not help
                log.error("no connection can be accepted: %s", error)
                self.close()
                self._reopening = self._loop.call_later(PAUSE_SECONDS, self.open)
                return
            client.setblocking(False)
            opening = self._loop.connect_accepted_socket(self._protocol, client)
            task = self._loop.create_task(opening)
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
