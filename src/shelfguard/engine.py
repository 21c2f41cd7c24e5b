"""The engine: the one place where a decision is made, cheapest stage first."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shelfguard.decide import Finding, Thresholds, find, in_force, market_code, settle
from shelfguard.decision import Decisions, Mode, Outcome, Reason
from shelfguard.errors import REBUILD, ModelError
from shelfguard.listing import Batch
from shelfguard.models.student import Student
from shelfguard.policy.calibration import Calibration, probability, read_calibration
from shelfguard.policy.pack import Pack
from shelfguard.record import Context, Stages, Verdict, decision_table
from shelfguard.signals.base import Derived, Hit, Signal
from shelfguard.signals.evidence import Witness
from shelfguard.signals.registry import TEXT, build_signals
from shelfguard.signals.text import STUDENT, TextModel

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

RULES = "rules"

UNFAMILIAR = f"{TEXT}: unlike anything that the models learned from"
"""Why a listing degrades that no model can judge, such as one in a language of no training row."""


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
        work = _Pass(self, batch)
        work.note_absent_signals()
        work.run_signals()
        work.judge_text()
        work.mask_other_markets()
        verdicts = work.verdicts()
        ms = (time.perf_counter() - started) * 1000
        table = decision_table(batch, verdicts, work.stages, self.context, ms)
        return Decisions(table, self.clauses, work.probabilities, work.seconds, work.rows)


def solved_thresholds(pack: Pack, calibration: Calibration | None) -> Thresholds:
    """The calibrated thresholds by clause; infinity where there is none."""
    clauses = calibration.clauses if calibration else {}

    def column(name: str) -> Floats:
        solved = [getattr(clauses.get(clause), name, None) for clause in pack.clauses]
        found = [s.threshold if s and s.threshold is not None else np.inf for s in solved]
        return np.array(found, np.float32)

    actions = [clause.action for clause in pack.clauses.values()]
    return Thresholds(act=column("act"), review=column("review"), actions=actions)


class _Pass:
    """One batch on its way through the stages."""

    def __init__(self, engine: Engine, batch: Batch) -> None:
        self.engine, self.derived = engine, Derived(batch)
        self.hits: list[Hit] = []
        self.probabilities = np.full((len(batch), len(engine.clauses)), np.nan, np.float32)
        self.raw = np.full_like(self.probabilities, np.nan)
        self.outside = np.zeros(self.probabilities.shape, bool)
        self.later: dict[str, Rows] = {}
        self.degraded: dict[int, list[str]] = defaultdict(list)
        self.missing: dict[int, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self.rows: dict[str, int] = {}

    def note_absent_signals(self) -> None:
        """A signal that the pack requires but does not have has seen no listing."""
        here = {signal.name for signal in self.engine.signals}
        if self.engine.text:
            here.add(TEXT)
        for name in self.engine.pack.manifest.required:
            if name not in here:
                self._degrade(name, f"{name}: not in this pack", range(len(self.derived.batch)))

    def _degrade(self, signal: str, reason: str, rows: Iterable[int]) -> None:
        for row in rows:
            self.degraded[row].append(reason)
            self.missing[row].add(signal)

    def run_signals(self) -> None:
        everyone = np.arange(len(self.derived.batch))
        for signal in self.engine.signals:
            with self._stage(signal.name, signal.name, everyone):
                self.hits += signal.run(self.derived)

    def judge_text(self) -> None:
        text = self.engine.text
        if text is None:
            return
        everyone = np.arange(len(self.derived.batch))
        rows, strange = np.empty(0, np.int64), list[int]()
        with self._stage(STUDENT, TEXT, everyone):
            raw, openness, rarity = text.first_look(self.derived, self.hits)
            self.raw[:, self.engine.columns] = raw
            self._judge(everyone, text.probability(STUDENT, raw))
            self._judge_added(text)
            rows = self._open(text, STUDENT, everyone, openness)
            strange = np.flatnonzero(text.unfamiliar(rarity)).tolist()
        for stage in text.transformers:
            if len(rows):
                rows = self._read_closely(text, stage, rows)
        self._degrade(TEXT, UNFAMILIAR, strange)

    def _read_closely(self, text: TextModel, stage: str, rows: Rows) -> Rows:
        """Judge rows by a stage's transformer; returns those left to the next stage."""
        self.later[stage] = rows
        with self._stage(stage, TEXT, rows):
            scores = text.transformer_scores(stage, self.derived, rows)
            student = self.raw[np.ix_(rows, self.engine.columns)]
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
        self.probabilities[np.ix_(rows, self.engine.columns)] = probabilities

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
            self._degrade(signal, reason, rows.tolist())
        self.seconds[name] = time.perf_counter() - started
        self.rows[name] = len(rows)

    def mask_other_markets(self) -> None:
        """A clause says nothing about listings for a market where it is not in force.

        What is no market's code says nothing about the market, so every clause stays.
        """
        markets = self.derived.batch.table.column("market").to_pylist()
        override = self.engine.market
        for market in {override} if override else set(markets) - {None}:
            code = market_code(market)
            outside = [
                column
                for column, clause in enumerate(self.engine.pack.clauses.values())
                if code and not in_force(clause.markets, code)
            ]
            rows = [row for row, own in enumerate(markets) if override or own == market]
            self.outside[np.ix_(np.array(rows, int), np.array(outside, int))] = True
        self.probabilities[self.outside] = np.nan

    def verdicts(self) -> dict[int, Verdict]:
        """A verdict for every listing that is flagged or degraded."""
        findings: dict[int, list[Finding]] = defaultdict(list)
        for finding in find(self.probabilities, self.engine.thresholds):
            findings[finding.row].append(finding)
        for finding in self._phrases_alone():
            findings[finding.row].append(finding)
            findings[finding.row].sort(key=lambda f: -f.outcome.severity)
        rows = {*findings, *self.degraded}
        hits: dict[int, list[Hit]] = {row: [] for row in rows}
        for hit in self.hits:
            if hit.row in hits:
                hits[hit.row].append(hit)
        return {row: self._verdict(row, findings[row], hits[row]) for row in sorted(rows)}

    def _phrases_alone(self) -> Iterator[Finding]:
        """Decisive phrases of clauses that no model judges: a person must look."""
        judged = {*self.engine.columns.tolist(), *self.engine.added.tolist()}
        places = {f"lexicon:{clause}": i for i, clause in enumerate(self.engine.clauses)}
        found = {(hit.row, places.get(hit.feature, -1)) for hit in self.hits}
        for row, column in sorted(found):
            if column >= 0 and column not in judged and not self.outside[row, column]:
                yield Finding(row, column, Outcome.REVIEW)

    def _verdict(self, row: int, findings: Sequence[Finding], hits: Sequence[Hit]) -> Verdict:
        complete = self.missing[row].isdisjoint(self.engine.pack.manifest.required)
        outcome = settle([finding.outcome for finding in findings], complete=complete)
        witness = Witness(self.derived, row, hits) if findings else None
        reasons = [self._reason(finding, witness) for finding in findings if witness]
        return Verdict(outcome, reasons, self.degraded[row])

    def _reason(self, finding: Finding, witness: Witness) -> Reason:
        name = self.engine.clauses[finding.clause]
        alone = finding.clause in self.engine.added
        probability = float(self.probabilities[finding.row, finding.clause])
        known = not np.isnan(probability)
        raw = float(self.raw[finding.row, finding.clause])
        return Reason(
            clause=name,
            citation=self.engine.pack.clauses[name].citation,
            outcome=finding.outcome,
            probability=round(probability, 5) if known else None,
            raw=None if np.isnan(raw) else round(raw, 4),
            stage=self._settled_by(finding, alone=alone) if known else RULES,
            evidence=witness.evidence(name, self._student(alone=alone)),
        )

    def _settled_by(self, finding: Finding, *, alone: bool) -> str:
        return STUDENT if alone else self.stages.settled_by(finding.row)

    def _student(self, *, alone: bool) -> Student | None:
        """Whose words are the evidence: the added model's where it judges alone."""
        text = self.engine.text
        return None if text is None else text.added if alone else text.student

    @cached_property
    def stages(self) -> Stages:
        """The stages that every listing went through, and those for what was left open."""
        common = [signal.name for signal in self.engine.signals]
        if self.engine.text:
            common.append(STUDENT)
        later = {stage: frozenset(rows.tolist()) for stage, rows in self.later.items()}
        return Stages(tuple(common or ("none",)), later)
