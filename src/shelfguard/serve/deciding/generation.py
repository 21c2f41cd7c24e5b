"""A pack with its models, loaded and ready to decide; a hot swap replaces one by the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from shelfguard.engine import Engine
from shelfguard.listing import Batch, Record
from shelfguard.policy.pack import Pack

WARM_UP: list[Record] = [
    {
        "id": "warm-up-1",
        "title": {"en": "Push dagger key ring, 2 inch blade", "fr": "Porte-clés poignard, 5 cm"},
        "description": {"en": "A 750 ml bottle. Call 514-555-0199 or mail ann@example.com"},
        "price": 19.99,
        "currency": "CAD",
        "market": "CA",
        "identifiers": [{"type": "gtin", "value": "4006381333931", "valid": True}],
        "attributes": {"voltage": "120 V", "weight": "1.5 kg"},
    },
    {"id": "warm-up-2", "title": {"fr": "Bouteille en acier inoxydable"}},
]
"""Decided before a generation serves, so that no client pays for what is made on first use."""

Build = Callable[[Pack], Engine]


@dataclass(frozen=True, slots=True)
class Generation:
    """One pack and its models under two engines, since an engine belongs to one thread.

    `quick` reads every listing without the later stages, `thorough` what those leave open.
    """

    pack: Pack
    quick: Engine
    thorough: Engine
    loaded_at: datetime

    @classmethod
    def load(cls, pack: Pack, build: Build) -> Generation:
        """Build and warm up both engines.

        Raises:
            ModelError: a model file is missing, or is not the one that its digest names.
        """
        engines = build(pack), build(pack)
        for engine in engines:
            engine.run(Batch.from_records(WARM_UP))
        return cls(pack, *engines, datetime.now(UTC))
