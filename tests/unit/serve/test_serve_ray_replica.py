"""An API beside the default's, under Ray Serve."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from shelfguard.serve.build import build_server
from shelfguard.serve.options import Options
from shelfguard.serve.server import Server
from tests.unit.policy.tinypack import TinyPack

pytest.importorskip("ray.serve", reason="needs the extra 'ray'")

PATIENCE = 30.0
"""Seconds to wait for what must happen; none of it is a bar."""


def servers() -> int:
    """How many there are in memory."""
    gc.collect()
    return sum(type(found) is Server for found in gc.get_objects())


def test_an_api_that_nobody_refers_to_ends_and_leaves_the_memory(tmp_path: Path) -> None:
    from shelfguard.serve.ray_replica import RunningApi

    tiny = TinyPack(tmp_path / "pack")
    for name in ("pack.yaml", "clauses/CA-WPN-001.yaml"):
        tiny.edit(name, "[lexicon, text]", "[lexicon]")
    before = servers()

    async def start_and_drop() -> None:
        api = RunningApi(build_server(Options(pack=str(tiny.root), store=None)))
        await api.start()
        assert servers() == before + 1
        del api
        async with asyncio.timeout(PATIENCE):
            while servers() > before:
                await asyncio.sleep(0.05)

    asyncio.run(start_and_drop())
