"""The other processes of a server, as one of them reaches them: through the supervisor."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from multiprocessing.connection import Connection

from shelfguard.serve.line import Change, Followed
from shelfguard.serve.problems import Problem

ENDING = (
    "This process was told to end before all others had followed: the server is stopping, or a "
    "later reload or SIGHUP took over"
)


class Peers:
    """Has the others decide by what this process decides by."""

    def __init__(self, supervisor: Connection) -> None:
        self._supervisor = supervisor
        self._waiting: asyncio.Future[Followed] | None = None
        self._ending = False

    async def follow(self, pack: str, model: str | None) -> int:
        """Wait until all decide by these; how many processes do. One call at a time.

        Raises:
            Problem: 503, not all do, and why.
        """
        if self._ending:
            raise Problem(503, "Not followed", ENDING)
        self._waiting = asyncio.get_running_loop().create_future()
        with suppress(OSError):  # a supervisor that was killed; this process is about to end
            self._supervisor.send(Change(pack, model))
        followed = await self._waiting
        if followed.problem:
            raise Problem(503, "Not followed", followed.problem, processes=followed.processes)
        return followed.processes

    def heard(self, followed: Followed) -> None:
        """What the supervisor says to the last call."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(followed)

    def end(self) -> None:
        """From now on nobody follows this process."""
        self._ending = True
        self.heard(Followed(1, ENDING))
