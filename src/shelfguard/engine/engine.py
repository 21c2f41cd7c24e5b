"""The engine: the one place where a decision is made, cheapest stage first."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shelfguard.decide import Thresholds
from shelfguard.decision import Decisions, Mode
from shelfguard.engine.judging import Judging
from shelfguard.engine.verdicts import Verdicts
from shelfguard.errors import REBUILD, ModelError
from shelfguard.listing import Batch
from shelfguard.policy.calibration import Calibration, read_calibration
from shelfguard.policy.pack import Pack
from shelfguard.record import Context, decision_table
from shelfguard.signals.base import Signal
from shelfguard.signals.registry import TEXT, build_signals
from shelfguard.signals.text import TextModel

Floats = npt.NDArray[np.float32]


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
        market: str | None = None,
        mode: Mode = "shadow",
    ) -> None:
        self.pack, self.signals, self.text, self.market = pack, signals, text, market
        self.clauses = tuple(pack.clauses)
        self.models = {model.name: model.sha256 for model in pack.manifest.models}
        self.thresholds = solved_thresholds(pack, read_calibration(pack))
        heads, added = (text.clauses, text.added_clauses) if text else ((), ())
        if not {*heads, *added} <= set(self.clauses):
            raise ModelError(
                "the student knows clauses that the pack does not", file=pack.root, fix=REBUILD
            )
        self.columns = np.array([self.clauses.index(clause) for clause in heads], np.int64)
        self.added = np.array([self.clauses.index(clause) for clause in added], np.int64)
        self.context = Context(pack.label, self.models, mode, pack.manifest.costs, market)

    @classmethod
    def from_pack(cls, pack: Pack, *, market: str | None = None, mode: Mode = "shadow") -> Engine:
        """An engine with the signals and models that the pack names.

        Raises:
            ModelError: a model file is missing, or is not the one that its digest names.
            PackError: the pack names a signal that does not exist.
        """
        text = TextModel.from_pack(pack) if TEXT in pack.manifest.signals else None
        return cls(pack, build_signals(pack), text, market=market, mode=mode)

    def run(self, batch: Batch) -> Decisions:
        """Decide every listing of the batch, in order."""
        started = time.perf_counter()
        judged = Judging(self, batch)
        judged.run()
        verdicts = Verdicts(judged).by_row()
        ms = (time.perf_counter() - started) * 1000
        table = decision_table(batch, verdicts, judged.stages, self.context, ms)
        return Decisions(table, self.clauses, judged.probabilities, judged.seconds, judged.rows)


def solved_thresholds(pack: Pack, calibration: Calibration | None) -> Thresholds:
    """The calibrated thresholds by clause; infinity where there is none."""
    clauses = calibration.clauses if calibration else {}

    def column(name: str) -> Floats:
        solved = [getattr(clauses.get(clause), name, None) for clause in pack.clauses]
        found = [s.threshold if s and s.threshold is not None else np.inf for s in solved]
        return np.array(found, np.float32)

    actions = [clause.action for clause in pack.clauses.values()]
    return Thresholds(act=column("act"), review=column("review"), actions=actions)
