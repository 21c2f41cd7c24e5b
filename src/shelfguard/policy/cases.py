"""Run a pack's unit cases through a decider and count what it got right."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from shelfguard.decision import Decider, Outcome
from shelfguard.listing import Batch
from shelfguard.policy.interval import Share
from shelfguard.policy.rows import KINDS, VIOLATING, Kind, Row

BATCH_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Gates:
    """What a pack must reach: decided under the right clause at least, flagged at most."""

    positive: float = 0.75
    evasive: float = 0.60
    hard_negative: float = 0.15
    benign: float = 0.04


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one case went for one clause: a row that breaks two clauses has two.

    `hit`: decided under `clause`, for a violating row; flagged at all, for an innocent one.
    """

    row: Row
    clause: str | None
    outcome: Outcome
    found: frozenset[str]
    hit: bool

    @property
    def passed(self) -> bool:
        return self.hit == (self.row.kind in VIOLATING)

    def as_dict(self) -> dict[str, Any]:
        row = self.row
        return {
            "id": row.id,
            "file": row.file.name,
            "line": row.line,
            "kind": row.kind,
            "lang": row.lang,
            "title": row.title,
            "clause": self.clause,
            "outcome": str(self.outcome),
            "found": sorted(self.found),
        }


class CaseResult:
    """The verdicts of a pack's cases, to ask for shares and failures."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        self.verdicts = list(verdicts)

    def share(self, kind: Kind, lang: str | None = None, clause: str | None = None) -> Share:
        """The share of hits: right where `kind` violates, wrong where it is innocent."""
        hits = [
            v.hit
            for v in self.verdicts
            if v.row.kind == kind and lang in (None, v.row.lang) and clause in (None, v.clause)
        ]
        return Share(sum(hits), len(hits))

    def failures(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.passed]

    def clauses(self) -> list[str]:
        return sorted({v.clause for v in self.verdicts if v.clause})

    def langs(self) -> list[str]:
        return sorted({v.row.lang for v in self.verdicts})

    def broken(self, gates: Gates) -> list[str]:
        """One line for each kind that misses its gate. A kind without rows misses none."""
        lines = []
        for kind in KINDS:
            share, gate = self.share(kind), float(getattr(gates, kind))
            violating = kind in VIOLATING
            if share.value is not None and (
                share.value < gate if violating else share.value > gate
            ):
                word = (
                    "decided under the right clause, at least" if violating else "flagged, at most"
                )
                lines.append(f"{kind}: {share} {word} {gate:.0%} asked")
        return lines

    def as_dict(self, gates: Gates) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "gates": asdict(gates),
            "broken": self.broken(gates),
            "kinds": {
                kind: {
                    "all": self.share(kind).as_dict(),
                    **{lang: self.share(kind, lang).as_dict() for lang in self.langs()},
                }
                for kind in KINDS
            },
            "clauses": {
                clause: {kind: self.share(kind, clause=clause).as_dict() for kind in KINDS[:3]}
                for clause in self.clauses()
            },
            "failures": [verdict.as_dict() for verdict in self.failures()],
        }


def run_cases(
    decider: Decider, rows: Sequence[Row], unseen: Container[str] = frozenset()
) -> CaseResult:
    """Decide every row, blind to its labels, and compare.

    Violations of the clauses in `unseen` are not asked for: no signal here could find them.
    """
    verdicts: list[Verdict] = []
    for start in range(0, len(rows), BATCH_ROWS):
        part = rows[start : start + BATCH_ROWS]
        table = decider.run(Batch.from_records(row.record() for row in part)).table
        outcomes = table.column("outcome").to_pylist()
        reasons = table.column("reasons").to_pylist()
        for row, outcome, found in zip(part, outcomes, reasons, strict=True):
            verdicts += _verdicts(
                row, Outcome(outcome), frozenset(r["clause"] for r in found or ())
            )
    return CaseResult(
        [v for v in verdicts if v.row.kind not in VIOLATING or v.clause not in unseen]
    )


def _verdicts(row: Row, outcome: Outcome, found: frozenset[str]) -> Iterator[Verdict]:
    flagged = outcome is not Outcome.ALLOW
    if row.kind in VIOLATING:
        for clause in row.violates:
            yield Verdict(row, clause, outcome, found, flagged and clause in found)
    else:
        yield Verdict(row, row.near, outcome, found, flagged)
