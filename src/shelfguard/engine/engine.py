"""The engine: the one place where a decision is made, cheapest stage first."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shelfguard.decide import Thresholds, out_of_force
from shelfguard.decision import Decisions, Mode
from shelfguard.engine.judging import Judging
from shelfguard.engine.verdicts import Verdicts
from shelfguard.errors import REBUILD, ModelError
from shelfguard.listing import Batch
from shelfguard.policy.calibration import Thresholds as ClauseThresholds
from shelfguard.policy.calibration import read_calibration
from shelfguard.policy.pack import Pack
from shelfguard.record import Context, decision_table
from shelfguard.signals.base import Signal
from shelfguard.signals.registry import TEXT, build_signals
from shelfguard.signals.text import TextModel

if TYPE_CHECKING:
    from shelfguard.engine.picture_source import PictureSource
    from shelfguard.engine.vision import Vision
    from shelfguard.images.reader import Fetches
    from shelfguard.models.transformer import Backend

Floats = npt.NDArray[np.float32]

KNOWN_MARKETS = 256
"""Markets of which an engine remembers what is in force there."""


class Engine:
    """Decides batches of listings under one pack.

    The pack's rule signals and the student see every listing, a transformer only what the
    stage before it leaves open. A stage that fails is recorded in `degraded`, and a listing that a
    required signal has not seen is never allowed silently.
    """

    def __init__(
        self,
        pack: Pack,
        signals: Sequence[Signal],
        text: TextModel | None,
        *,
        vision: Vision | None = None,
        market: str | None = None,
        mode: Mode = "shadow",
    ) -> None:
        self.pack, self.signals, self.text, self.vision = pack, signals, text, vision
        self.market, self.clauses = market, tuple(pack.clauses)
        self.models = {model.name: model.sha256 for model in pack.manifest.models}
        solved = read_calibration(pack)
        by_clause = dict(solved.clauses) if solved else {}
        if vision:
            self.models |= vision.models
            by_clause |= vision.thresholds
        self.thresholds = solved_thresholds(pack, by_clause)
        heads, added = (text.clauses, text.added_clauses) if text else ((), ())
        if not {*heads, *added} <= set(self.clauses):
            raise ModelError(
                "the student knows clauses that the pack does not", file=pack.root, fix=REBUILD
            )
        self.columns = np.array([self.clauses.index(clause) for clause in heads], np.int64)
        self.added = np.array([self.clauses.index(clause) for clause in added], np.int64)
        markets = [clause.markets for clause in pack.clauses.values()]
        self.outside = lru_cache(maxsize=KNOWN_MARKETS)(partial(out_of_force, markets))
        self.context = Context(pack.label, self.models, mode, pack.manifest.costs, market)

    @classmethod
    def from_pack(
        cls,
        pack: Pack,
        *,
        pictures: PictureSource | None = None,
        market: str | None = None,
        mode: Mode = "shadow",
        backend: Backend | None = None,
    ) -> Engine:
        """An engine with the signals and models that the pack names; it looks at `pictures`.

        Transformers run on the `backend`, or in this process where there is none.

        Raises:
            ModelError: a model file is missing, or is not the one that its digest names.
            PackError: the pack names a signal that does not exist, or asks nothing of pictures.
        """
        text = TextModel.from_pack(pack, backend) if TEXT in pack.manifest.signals else None
        vision = _vision(pack, pictures) if pictures else None
        return cls(pack, build_signals(pack), text, vision=vision, market=market, mode=mode)

    @cached_property
    def unjudged(self) -> dict[str, int]:
        """The columns of clauses that no model judges, by the feature of their phrases."""
        judged = {*self.columns.tolist(), *self.added.tolist()}
        columns = (column for column in range(len(self.clauses)) if column not in judged)
        return {f"lexicon:{self.clauses[column]}": column for column in columns}

    @property
    def fetches(self) -> Fetches | None:
        """What gets the bytes of pictures, where this engine looks at any."""
        return self.vision.reader.fetches if self.vision else None

    @fetches.setter
    def fetches(self, fetches: Fetches | None) -> None:
        if self.vision and fetches:
            self.vision.reader.fetches = fetches

    def run(self, batch: Batch, *, without: frozenset[str] = frozenset()) -> Decisions:
        """Decide every listing of the batch, in order, `without` some of the later stages.

        A listing that such a stage would have read is degraded and named in `left_out`.
        """
        started = time.perf_counter()
        judged = Judging(self, batch, without)
        judged.run()
        verdicts = Verdicts(judged).by_row()
        ms = (time.perf_counter() - started) * 1000
        seen = judged.sight.seen() if judged.sight else {}
        table = decision_table(batch, verdicts, seen, judged.stages, self.context, ms)
        return Decisions(
            table,
            self.clauses,
            judged.probabilities,
            judged.seconds,
            judged.rows,
            judged.left_out,
        )


def _vision(pack: Pack, pictures: PictureSource) -> Vision:
    try:
        from shelfguard.engine.vision import Vision
    except ImportError as error:
        fix = "Install what looks at pictures: make vision, or pip install 'shelfguard[vision]'"
        raise ModelError(f"pictures need {error.name}, which is not installed", fix=fix) from error
    return Vision.from_pack(pack, pictures)


def solved_thresholds(pack: Pack, solved: Mapping[str, ClauseThresholds]) -> Thresholds:
    """The thresholds that goals came to by clause; infinity where there is none."""

    def column(name: str) -> Floats:
        found = [getattr(solved.get(clause), name, None) for clause in pack.clauses]
        numbers = [s.threshold if s and s.threshold is not None else np.inf for s in found]
        return np.array(numbers, np.float32)

    actions = [clause.action for clause in pack.clauses.values()]
    return Thresholds(act=column("act"), review=column("review"), actions=actions)
