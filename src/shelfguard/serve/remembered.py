"""Decisions that were made before: the same listing under the same rules has the same one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence

from shelfguard.serve.deciding.batch import Sent
from shelfguard.serve.deciding.generation import Generation
from shelfguard.serve.deciding.job import Answer, Made, Unfit
from shelfguard.store.cache import Cache

Whole = Callable[[Answer], Sequence[Made]]
"""All decisions of a request, from the answer about those of its listings that were new."""

Decide = Callable[[Sequence[Sent], Whole], Awaitable[Answer]]


class Remembered:
    """Answers from a cache what was decided in full before; the store has it already."""

    def __init__(self, cache: Cache, store: str = "") -> None:
        """`store` tells the store that has the decisions from others that use this cache."""
        self._cache, self._store = cache, store

    async def decide(
        self, listings: Sequence[Sent], generation: Generation, decide: Decide
    ) -> Sequence[Made]:
        """The decisions on these listings, made by `decide` where none is remembered.

        Raises:
            Unfit: listings that cannot be read, by their place among all.
        """
        keys = [self._key(listing, generation) for listing in listings]
        found = await self._cache.get_many(keys)
        new = [place for place, decision in enumerate(found) if decision is None]

        def whole(answer: Answer) -> list[Made]:
            made = iter(answer.made())
            pack = generation.pack
            return [next(made) if old is None else Made(old, pack, new=False) for old in found]

        if not new:
            return [Made(old, generation.pack, new=False) for old in found if old is not None]
        try:
            answer = await decide([listings[place] for place in new], whole)
        except Unfit as unfit:
            raise Unfit({new[place]: why for place, why in unfit.reasons.items()}) from None
        if answer.generation is generation:  # else a swap came between
            await self._remember([keys[place] for place in new], answer)
        return whole(answer)

    async def close(self) -> None:
        """Give back connections."""
        await self._cache.close()

    async def _remember(self, keys: Sequence[str], answer: Answer) -> None:
        """Keep what was decided in full, by words alone; the rest is decided anew next time.

        What an address shows may change, so nothing that rests on a picture is kept.
        """
        lacking = answer.table.column("degraded").to_pylist()
        seen = answer.table.column("pictures").to_pylist()
        made = zip(keys, answer.decisions, lacking, seen, strict=True)
        lasting = {key: decision for key, decision, *passing in made if not any(passing)}
        await self._cache.put_many(lasting)

    def _key(self, listing: Sent, generation: Generation) -> str:
        """A digest of all that a decision depends on, and of what it tells back."""
        rules = generation.quick.context
        settings = [self._store, rules.pack, rules.digest, rules.mode, rules.market]
        content = [*settings, listing.draft, listing.source]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
