"""Whatever can be evaluated, by its name: a trained model's folder, or a policy pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shelfguard.decide import Thresholds
from shelfguard.decision import Decisions
from shelfguard.engine import Engine
from shelfguard.errors import ModelError
from shelfguard.learn.model import FILE, Scorer, load_scorer, read_record
from shelfguard.learn.registry.fetch import fetch
from shelfguard.learn.train.cascade_recipe import CascadeScorer
from shelfguard.listing import Batch
from shelfguard.policy.load import MANIFEST, load_pack, shipped_packs
from shelfguard.policy.pack import Pack

Floats = npt.NDArray[np.float32]

CHUNK = 1024
REGISTRY = "mlflow:"


@runtime_checkable
class DecidingScorer(Scorer, Protocol):
    """A scorer that decides too: with thresholds of its own, and a stage and a cost a listing."""

    @property
    def thresholds(self) -> Thresholds:
        """The thresholds of each clause, in the order of `clauses`."""
        ...

    @property
    def costs(self) -> Mapping[str, float]:
        """Microseconds of one core by stage."""
        ...

    def run(self, batch: Batch) -> Decisions:
        """Decide every listing of the batch, in order."""
        ...


class PackScorer:
    """A policy pack with all of its signals and models, as a scorer."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def from_pack(cls, pack: Pack) -> PackScorer:
        return cls(Engine.from_pack(pack))

    @property
    def clauses(self) -> list[str]:
        return list(self.engine.clauses)

    @property
    def thresholds(self) -> Thresholds:
        return self.engine.thresholds

    @property
    def costs(self) -> Mapping[str, float]:
        return self.engine.context.costs

    def run(self, batch: Batch) -> Decisions:
        """Decide in chunks, as a scan does."""
        parts = [
            self.engine.run(batch.slice(start, CHUNK)) for start in range(0, len(batch), CHUNK)
        ]
        if not parts:
            return self.engine.run(batch)
        stages = list(dict.fromkeys(stage for part in parts for stage in part.seconds))
        return Decisions(
            pa.concat_tables(part.table for part in parts),
            self.engine.clauses,
            np.vstack([part.probabilities for part in parts]),
            {stage: sum(part.seconds.get(stage, 0.0) for part in parts) for stage in stages},
            {stage: sum(part.rows.get(stage, 0) for part in parts) for stage in stages},
        )

    def probabilities(self, batch: Batch) -> Floats:
        return self.run(batch).probabilities


class Opened(NamedTuple):
    """A scorer with what a report calls it, and the pack whose words it knows, if any."""

    name: str
    digest: str
    scorer: Scorer
    pack: Pack | None


def open_model(name: str) -> Opened:
    """The scorer of a model folder, a pack's folder or name, or `mlflow:models:/NAME@ALIAS`.

    Raises:
        ModelError: there is no such model, or one of its files is missing or changed.
        PackError: the pack breaks its schema.
    """
    if name in shipped_packs():
        return _opened_pack(load_pack(name))
    folder = resolve_model(name)
    if (folder / MANIFEST).is_file():
        return _opened_pack(load_pack(folder))
    record, scorer = read_record(folder), load_scorer(folder)
    if isinstance(scorer, CascadeScorer):
        engine = scorer.engine
        return Opened(record.name, record.digest, PackScorer(engine), engine.pack)
    return Opened(record.name, record.digest, scorer, None)


def resolve_model(name: str) -> Path:
    """The folder of a model; that of a registered one is fetched.

    Raises:
        ModelError: there is no model or pack in the folder, or the version cannot be had.
    """
    if name.startswith(REGISTRY):
        return fetch(name)
    folder = Path(name)
    if not any((folder / file).is_file() for file in (FILE, MANIFEST)):
        fix = f"Give a model folder, a pack folder or one of: {', '.join(sorted(shipped_packs()))}"
        raise ModelError(f"no {FILE} and no {MANIFEST} here", file=folder, fix=fix)
    return folder


def aligned(values: Floats, names: Sequence[str], wanted: Sequence[str]) -> Floats:
    """Columns [..., wanted] of `values` [..., names]; NaN where a name is not there."""
    found = np.full((*values.shape[:-1], len(wanted)), np.nan, np.float32)
    places = {name: column for column, name in enumerate(names)}
    for column, name in enumerate(wanted):
        if name in places:
            found[..., column] = values[..., places[name]]
    return found


def _opened_pack(pack: Pack) -> Opened:
    return Opened(pack.label, pack.sha256, PackScorer.from_pack(pack), pack)
