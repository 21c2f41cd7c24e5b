"""Written rows of a dataset in the registers of real catalogs, with the labels they had."""

from __future__ import annotations

import random
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shelfguard.learn.data.corpus import to_batch
from shelfguard.learn.data.dataset import Origin, Part
from shelfguard.learn.train.augment import roughen
from shelfguard.listing import Batch, Record
from shelfguard.policy.rows import Kind, Row


def roughened(part: Part, share: float, seed: int) -> Batch:
    """The rows, a share of the written ones rewritten; real rows stay as they are."""
    chosen = _draw(part, share, seed)
    if not len(chosen):
        return part.batch
    rng = random.Random(seed)  # noqa: S311 (augmentation, not secrets)
    written, kinds = part.take(chosen), part.take(chosen).column("kind")
    langs = written.column("lang")
    rows = [
        roughen(_row(record, lang, kind), rng)
        for record, lang, kind in zip(written.batch.records(), langs, kinds, strict=True)
    ]
    places = np.arange(len(part))
    places[chosen] = len(part) + np.arange(len(chosen))
    both = pa.concat_tables([part.batch.table, to_batch(rows).table])
    return Batch(both.take(pa.array(places, pa.int64())))


def _draw(part: Part, share: float, seed: int) -> npt.NDArray[np.int64]:
    written = np.array(part.column("origin")) == Origin.WRITTEN.value
    drawn = np.random.default_rng(seed).random(len(part)) < share
    return np.flatnonzero(written & drawn)


def _row(record: Record, lang: str, kind: str) -> Row:
    """A listing as a written row; labels play no part in how it is rewritten."""
    category: dict[str, Any] = record["category"] or {}
    return Row.model_construct(
        id=record["id"],
        lang=lang,
        title=_only(record["title"]),
        description=_only(record["description"]) or None,
        brand=record["brand"],
        category=category.get("path"),
        price=record["price"],
        currency=record["currency"],
        attributes=record["attributes"],
        seller_id=None,
        violates=[],
        kind=cast("Kind", kind),
        near=None,
    )


def _only(texts: dict[str, str]) -> str:
    """The text in whatever language it is written: written rows have one."""
    return next(iter(texts.values()), "")
