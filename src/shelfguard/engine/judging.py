"""One batch on its way through the stages: from listings to probabilities."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from shelfguard.decide import find, market_code
from shelfguard.listing import Batch
from shelfguard.policy.calibration import probability
from shelfguard.policy.pack import IMAGE
from shelfguard.record import Stages
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.registry import TEXT
from shelfguard.signals.text import STUDENT, TextModel

if TYPE_CHECKING:
    from shelfguard.engine.engine import Engine
    from shelfguard.engine.sight import Sight
    from shelfguard.engine.vision import Vision

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

VISION = "vision"
"""The stage that looks at pictures."""

UNFAMILIAR = f"{TEXT}: unlike anything that the models learned from"
"""Why a listing degrades that no model can judge, such as one in a language of no training row."""


LEFT_OUT = "left out, to answer in time"
"""Why a listing degrades that a stage would have read, had the caller not gone without it."""


class Judging:
    """What the signals and models of an engine say of one batch."""

    def __init__(self, engine: Engine, batch: Batch, without: frozenset[str]) -> None:
        self.engine, self.batch, self.without = engine, batch, without
        self.outside = np.zeros((len(batch), len(engine.clauses)), bool)
        self.seconds: dict[str, float] = defaultdict(float)
        self.rows: dict[str, int] = {}
        self.sight: Sight | None = None
        self.left_out: dict[str, frozenset[int]] = {}
        self._begin(Derived(batch))

    def run(self) -> None:
        """Ask every signal and model."""
        self._judge_words()
        if self.engine.vision and VISION in self.without:
            self._leave_out(VISION, IMAGE, _with_pictures(self.batch))
        elif self.engine.vision:
            self._look(self.engine.vision)
        self._mask_other_markets()

    def _begin(self, derived: Derived) -> None:
        """Forget what was said, and turn to these texts."""
        self.derived = derived
        self.hits: list[Hit] = []
        self.probabilities = np.full(self.outside.shape, np.nan, np.float32)
        self.raw = self.probabilities.copy()
        self.later: dict[str, Rows] = {}
        self.degraded: dict[int, list[str]] = defaultdict(list)
        self.missing: dict[int, set[str]] = defaultdict(set)

    def _judge_words(self) -> None:
        self._note_absent_signals()
        self._run_signals()
        self._judge_text()

    def _look(self, vision: Vision) -> None:
        """Look at pictures, read the listings again with what stands there, and judge by both."""
        from shelfguard.engine.looking import Looking
        from shelfguard.engine.sight import Sight

        everyone = np.arange(len(self.batch))
        with self._stage(VISION, IMAGE, everyone):
            doubtful = frozenset(row for rows in self.later.values() for row in rows.tolist())
            self.sight = Sight(vision, self.batch, doubtful)
        if self.sight is None:
            return
        if self.sight.texts:
            self._begin(Derived(self.batch, self.sight.texts.segments()))
            self._judge_words()
        with self._stage(VISION, IMAGE, everyone):
            Looking(self, vision, self.sight).judge()
        self.rows[VISION] = len(self.sight.looks)

    def _note_absent_signals(self) -> None:
        """A signal that the pack requires but does not have has seen no listing."""
        here = {signal.name for signal in self.engine.signals}
        here |= {TEXT} if self.engine.text else set()
        here |= {IMAGE} if self.engine.vision else set()
        for name in self.engine.pack.manifest.required:
            if name not in here:
                why = "the scan did not look at pictures" if name == IMAGE else "not in this pack"
                self.degrade(name, f"{name}: {why}", range(len(self.batch)))

    def degrade(self, signal: str, reason: str, rows: Iterable[int]) -> None:
        """Note why a signal has not seen some rows."""
        for row in rows:
            self.degraded[row].append(reason)
            self.missing[row].add(signal)

    def _run_signals(self) -> None:
        everyone = np.arange(len(self.batch))
        for signal in self.engine.signals:
            with self._stage(signal.name, signal.name, everyone):
                self.hits += signal.run(self.derived)

    def _judge_text(self) -> None:
        text = self.engine.text
        if text is None:
            return
        everyone = np.arange(len(self.batch))
        rows, strange = np.empty(0, np.int64), list[int]()
        with self._stage(STUDENT, TEXT, everyone):
            raw, openness, rarity = text.first_look(self.derived, self.hits)
            self.raw[:, self.engine.columns] = raw
            self._judge(everyone, text.probability(STUDENT, raw))
            if text.added:
                self._judge_added(text)
            rows = self._open(text, STUDENT, everyone, openness)
            strange = np.flatnonzero(text.unfamiliar(rarity)).tolist()
        for stage in text.transformers:
            if stage in self.without:
                self._leave_out(stage, TEXT, rows)
            elif len(rows):
                rows = self._read_closely(text, stage, rows)
        self.degrade(TEXT, UNFAMILIAR, strange)

    def _leave_out(self, stage: str, signal: str, rows: Rows) -> None:
        """Note the rows that a stage would have read, had it been asked."""
        self.degrade(signal, f"{stage}: {LEFT_OUT}", rows.tolist())
        self.left_out[stage] = frozenset(rows.tolist())

    def _read_closely(self, text: TextModel, stage: str, rows: Rows) -> Rows:
        """Judge rows by a stage's transformer; returns those left to the next stage."""
        self.later[stage] = rows
        with self._stage(stage, TEXT, rows):
            scores = text.transformer_scores(stage, self.derived, rows)
            student = self.raw[rows[:, None], self.engine.columns]
            judged = text.probability(stage, student, scores)
            self._judge(rows, judged)
            for row in rows.tolist():  # an earlier transformer that failed is made up for
                self.missing[row].discard(TEXT)
            return self._open(text, stage, rows, judged.max(axis=1, initial=0.0))
        return rows  # a stage that failed settles nothing

    def _judge_added(self, text: TextModel) -> None:
        """Judge every listing by the clauses that no transformer reads for."""
        raw, columns = text.added_scores(self.derived, self.hits), self.engine.added
        if not np.isfinite(raw).all():
            raise ValueError("a score is not a number")
        self.raw[:, columns], self.probabilities[:, columns] = raw, probability(raw)

    def _judge(self, rows: Rows, probabilities: Floats) -> None:
        if not np.isfinite(probabilities).all():
            raise ValueError("a score is not a number")
        self.probabilities[rows[:, None], self.engine.columns] = probabilities

    def _open(self, text: TextModel, stage: str, rows: Rows, openness: Floats) -> Rows:
        """The rows that a stage leaves to the next one."""
        flagged = np.zeros(len(rows), bool)
        found = find(self.probabilities[rows], self.engine.thresholds)
        flagged[[f.row for f in found if f.clause not in self.engine.added]] = True
        return rows[text.stays_open(stage, openness, flagged)]

    @contextmanager
    def _stage(self, name: str, signal: str, rows: Rows) -> Iterator[None]:
        """Time a stage; if it fails, its listings are degraded and the scan goes on."""
        started = time.perf_counter()
        try:
            yield
        except Exception as error:
            reason = f"{name}: failed ({type(error).__name__}: {error})"
            self.degrade(signal, reason, rows.tolist())
        self.seconds[name] += time.perf_counter() - started
        self.rows[name] = len(rows)

    def _mask_other_markets(self) -> None:
        """A clause says nothing about listings for a market where it is not in force.

        What is no market's code says nothing about the market, so every clause stays.
        """
        column, override = self.batch.columns["market"], self.engine.market
        if not override and column.null_count == len(column):
            return
        markets = column.to_pylist()
        for market in {override} if override else set(markets) - {None}:
            if (code := market_code(market)) is None:
                continue
            outside = self.engine.outside(code)
            rows = [row for row, own in enumerate(markets) if override or own == market]
            self.outside[np.ix_(np.array(rows, int), outside)] = True
        self.probabilities[self.outside] = np.nan

    @cached_property
    def stages(self) -> Stages:
        """The stages that every listing went through, and those for what was left open."""
        if self.sight is None:
            return self.stages_of_words
        words = self.stages_of_words
        later = {**words.later, VISION: frozenset(self.sight.looks)}
        return Stages(words.common, later, self.sight.looks, words.left_out)

    @cached_property
    def stages_of_words(self) -> Stages:
        """The same without pictures."""
        common = [signal.name for signal in self.engine.signals]
        if self.engine.text:
            common.append(STUDENT)
        later = {stage: frozenset(rows.tolist()) for stage, rows in self.later.items()}
        return Stages(tuple(common or ("none",)), later, left_out=self.left_out)


def _with_pictures(batch: Batch) -> Rows:
    """The rows that have pictures."""
    counts = pc.fill_null(pc.list_value_length(batch.table.column("images")), 0)
    return np.flatnonzero(counts.to_numpy())
