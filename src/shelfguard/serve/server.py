"""Everything that a running server holds, started and stopped together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine

from shelfguard.policy.pack import Pack
from shelfguard.serve.access import Access
from shelfguard.serve.background import Background
from shelfguard.serve.deciding.generation import Generation
from shelfguard.serve.deciding.service import DecisionService
from shelfguard.serve.measures import Measures
from shelfguard.serve.pulse import Pulse
from shelfguard.serve.remembered import Remembered

Load = Callable[[str, str | None], Generation]
"""Loads a pack by name or folder, with the models of another source where one is given."""

Spread = Callable[[str, str | None], Awaitable[int]]
"""Has the other processes of a server decide by these too; how many processes do then."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take."""

    seconds: float = 2.0
    """Until a request is answered, where it names no deadline of its own."""
    seconds_a_listing: float = 0.1
    """More, for each listing after the first."""
    longest_seconds: float = 600.0
    """The longest deadline that a request may name."""
    body_bytes: int = 8 * 1024 * 1024


async def _alone(pack: str, model: str | None) -> int:
    return 1


@dataclass(slots=True)
class Server:
    """What the routes work with."""

    service: DecisionService
    store: Engine | None
    pack_name: str
    model: str | None
    access: Access
    measures: Measures
    load: Load
    limits: Limits = field(default_factory=Limits)
    pulse: Pulse = field(default_factory=Pulse)
    remembered: Remembered | None = None
    challenger: str | None = None
    """The pack and models that decide in shadow."""
    ready: bool = False
    background: list[Background] = field(default_factory=list)
    spread: Spread = _alone
    _reloading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def pack(self) -> Pack:
        return self.service.generation.pack

    async def close(self) -> None:
        """Give back connections to Redis: the event loop does not end while any is open."""
        await self.access.close()
        if self.remembered is not None:
            await self.remembered.close()

    async def reload(self, changes: Mapping[str, str | None]) -> int:
        """Load beside what serves, then decide by it, and every other process too.

        `changes` may name a `pack` and a `model`, None for the pack's own. What it does not name
        stays. Gives how many processes decide so now.

        Raises:
            PackError, ModelError: they cannot be loaded; what serves goes on.
            Problem: this process decides by them, but not all others do.
        """
        async with self._reloading:
            names = changes.get("pack") or self.pack_name, changes.get("model", self.model)
            self.service.swap(await asyncio.to_thread(self.load, *names))
            self.pack_name, self.model = names
            return await self.spread(*names)
