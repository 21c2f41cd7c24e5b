"""From the probabilities of a batch to verdicts, with reasons and evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from shelfguard.decide import Finding, find, settle
from shelfguard.decision import Outcome, Reason
from shelfguard.engine.judging import VISION
from shelfguard.models.student import Student
from shelfguard.policy.pack import IMAGE
from shelfguard.record import Verdict
from shelfguard.signals.base import Hit
from shelfguard.signals.evidence import Witness
from shelfguard.signals.text import STUDENT

if TYPE_CHECKING:
    from shelfguard.engine.judging import Judging
    from shelfguard.engine.shown import Shown

RULES = "rules"
"""The stage of a reason that no model judged."""


class Verdicts:
    """The verdicts on a judged batch."""

    def __init__(self, judged: Judging) -> None:
        self.judged, self.engine = judged, judged.engine
        self.shown = _shown(judged)

    def by_row(self) -> dict[int, Verdict]:
        """A verdict for every listing that is flagged or degraded."""
        findings: dict[int, list[Finding]] = defaultdict(list)
        for finding in find(self.judged.probabilities, self.engine.thresholds):
            findings[finding.row].append(finding)
        for finding in chain(self._phrases_alone(), self._pictures_alone()):
            self._add(finding, findings[finding.row])
        rows = {*findings, *self.judged.degraded}
        hits: dict[int, list[Hit]] = {row: [] for row in rows}
        for hit in self.judged.hits:
            if hit.row in hits:
                hits[hit.row].append(hit)
        return {row: self._verdict(row, findings[row], hits[row]) for row in sorted(rows)}

    def _phrases_alone(self) -> Iterator[Finding]:
        """Decisive phrases of clauses that no model judges: a person must look."""
        unjudged = self.engine.unjudged
        hits = (hit for hit in self.judged.hits if hit.feature in unjudged)
        for row, column in sorted({(hit.row, unjudged[hit.feature]) for hit in hits}):
            if not self.judged.outside[row, column]:
                yield Finding(row, column, Outcome.REVIEW)

    def _pictures_alone(self) -> Iterator[Finding]:
        """What pictures show that no model weighs."""
        for row, clause, outcome in self.shown.findings() if self.shown else ():
            column = self.engine.clauses.index(clause)
            if not self.judged.outside[row, column]:
                yield Finding(row, column, outcome)

    @staticmethod
    def _add(finding: Finding, findings: list[Finding]) -> None:
        """Add a finding, unless one of its clause weighs as much; most severe first."""
        same = [f for f in findings if f.clause == finding.clause]
        if all(f.outcome.severity < finding.outcome.severity for f in same):
            findings[:] = [f for f in findings if f not in same] + [finding]
            findings.sort(key=lambda f: -f.outcome.severity)

    def _verdict(self, row: int, findings: Sequence[Finding], hits: Sequence[Hit]) -> Verdict:
        outcome = settle([f.outcome for f in findings], complete=self._complete(row))
        witness = self._witness(row, hits) if findings else None
        reasons = [self._reason(finding, witness) for finding in findings if witness]
        return Verdict(outcome, reasons, self.judged.degraded[row])

    def _complete(self, row: int) -> bool:
        """Whether nothing is missing without which a listing must not be allowed."""
        left_out = any(row in rows for rows in self.judged.left_out.values())
        required = {*self.engine.pack.manifest.required, IMAGE}
        return not left_out and self.judged.missing[row].isdisjoint(required)

    def _witness(self, row: int, hits: Sequence[Hit]) -> Witness:
        texts = self.judged.sight.texts if self.judged.sight else None
        return Witness(self.judged.derived, row, hits, texts)

    def _reason(self, finding: Finding, witness: Witness) -> Reason:
        name = self.engine.clauses[finding.clause]
        alone = finding.clause in self.engine.added
        probability = float(self.judged.probabilities[finding.row, finding.clause])
        known = probability >= self._limit(finding.clause)  # else a rule found it, not a model
        raw = float(self.judged.raw[finding.row, finding.clause])
        return Reason(
            clause=name,
            citation=self.engine.pack.clauses[name].citation,
            outcome=finding.outcome,
            probability=round(probability, 5) if known else None,
            raw=None if np.isnan(raw) else round(raw, 4),
            stage=self._settled_by(finding, alone=alone) if known else RULES,
            evidence=[
                *witness.evidence(name, self._student(alone=alone)),
                *(self.shown.evidence(finding.row, name) if self.shown else ()),
            ],
        )

    def _limit(self, clause: int) -> float:
        """The probability from which on a clause counts."""
        limits = self.engine.thresholds
        return float(min(limits.act[clause], limits.review[clause]))

    def _settled_by(self, finding: Finding, *, alone: bool) -> str:
        vision = self.engine.vision
        if vision and self.engine.clauses[finding.clause] in vision.judges:
            return VISION
        return STUDENT if alone else self.judged.stages_of_words.settled_by(finding.row)

    def _student(self, *, alone: bool) -> Student | None:
        """Whose words are the evidence: the added model's where it judges alone."""
        text = self.engine.text
        return None if text is None else text.added if alone else text.student


def _shown(judged: Judging) -> Shown | None:
    """What pictures show, where the scan looked at any."""
    engine = judged.engine
    if engine.vision is None or judged.sight is None:
        return None
    from shelfguard.engine.shown import Shown

    return Shown(engine.vision, judged.sight, engine.pack, judged.derived)
