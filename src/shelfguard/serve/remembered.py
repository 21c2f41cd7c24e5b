"""Decisions that were made before: the same listing under the same rules has the same one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence

from shelfguard.serve.deciding.batch import Sent
from shelfguard.serve.deciding.generation import Generation
from shelfguard.serve.deciding.job import Answer
from shelfguard.store.cache import Cache

Decide = Callable[[Sequence[Sent]], Awaitable[Answer]]


class Remembered:
    """Answers from a cache what was decided in full before; the store has it already."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def decide(
        self, listings: Sequence[Sent], generation: Generation, decide: Decide
    ) -> list[bytes]:
        """The decisions on these listings, made by `decide` where none is remembered."""
        keys = [_key(listing, generation) for listing in listings]
        found = await self._cache.get_many(keys)
        new = [place for place, decision in enumerate(found) if decision is None]
        if new:
            answer = await decide([listings[place] for place in new])
            made = dict(zip(new, answer.decisions, strict=True))
            found = [made.get(place, decision) for place, decision in enumerate(found)]
            if answer.generation is generation:  # else a swap came between
                await self._remember(keys, made, answer)
        return [decision for decision in found if decision is not None]

    async def close(self) -> None:
        """Give back connections."""
        await self._cache.close()

    async def _remember(
        self, keys: Sequence[str], made: Mapping[int, bytes], answer: Answer
    ) -> None:
        """Keep what was decided in full; what lacks a stage is decided anew next time."""
        lacking = answer.table.column("degraded").to_pylist()
        pairs = zip(made.items(), lacking, strict=True)
        whole = {keys[place]: decision for (place, decision), lacks in pairs if not lacks}
        await self._cache.put_many(whole)


def _key(listing: Sent, generation: Generation) -> str:
    """A digest of all that a decision depends on, and of what it tells back."""
    rules = generation.quick.context
    content = [rules.pack, rules.digest, rules.mode, rules.market, listing.draft, listing.source]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
