"""The gates between a model and promotion: one function each, with the numbers it judged.

What cannot be evaluated does not pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from shelfguard.learn.model import ModelRecord
from shelfguard.learn.registry.compare import GateFigures
from shelfguard.learn.registry.significance import ALPHA, total, worse
from shelfguard.policy.interval import Share
from shelfguard.policy.pack import FlagBudget

NOTHING_BEFORE = "no champion before it, so nothing to be worse than"
NO_CASES = "not evaluated: the pack has no such cases"


class Audited(Protocol):
    """What an audit of the dataset says."""

    @property
    def clean(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked where the pack says nothing of its own."""

    attack_recall: float = 0.85
    slowdown: float = 1.25
    megabytes: float = 64.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the gates look at.

    `card_problems` is what the card lacks. `audit` is None where no dataset was given, and
    `dataset` the id of the one that was.
    """

    record: ModelRecord
    figures: GateFigures
    budget: FlagBudget
    card_problems: list[str]
    audit: Audited | None = None
    dataset: str | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate's answer. `waived` is why somebody let it pass all the same."""

    name: str
    passed: bool
    detail: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    waived: str | None = None

    @property
    def open(self) -> bool:
        return self.passed or self.waived is not None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def clause_recall(evidence: Evidence) -> Gate:
    """No clause's recall is significantly worse."""
    changes = evidence.figures.changes
    if changes is None:
        return Gate("clause-recall", True, NOTHING_BEFORE)
    if not changes:
        return Gate("clause-recall", False, NO_CASES)
    bad = worse(changes)
    names = "; ".join(f"{change}, p = {change.p_value:.3g}" for change in bad)
    detail = names or f"no clause of {len(changes)} significantly worse"
    return Gate("clause-recall", not bad, detail, {"worse": [c._asdict() for c in bad]})


def recall(evidence: Evidence) -> Gate:
    """The recall of all clauses together is not significantly worse."""
    if evidence.figures.changes is None:
        return Gate("recall", True, NOTHING_BEFORE)
    if not evidence.figures.changes:
        return Gate("recall", False, NO_CASES)
    everything = total(evidence.figures.changes)
    p = everything.p_value
    return Gate("recall", p > ALPHA, f"{everything}, p = {p:.3g}", everything._asdict() | {"p": p})


def average_precision(evidence: Evidence) -> Gate:
    """Average precision is not significantly worse: its interval reaches up to no change."""
    found = evidence.figures.average_precision
    if found is None:
        return Gate("average-precision", True, NOTHING_BEFORE)
    detail = f"{found.champion:.4f} to {found.challenger:.4f}{_interval(found.low, found.high)}"
    return Gate("average-precision", found.high >= 0, detail, found.model_dump())


def hard_negatives(evidence: Evidence) -> Gate:
    """Legal look-alikes are flagged within the pack's budget."""
    return _flagged("hard-negatives", evidence.figures.hard_negative, evidence.budget.look_alike)


def ordinary(evidence: Evidence) -> Gate:
    """Ordinary listings are flagged within the pack's budget."""
    return _flagged("ordinary", evidence.figures.benign, evidence.budget.ordinary)


def attack_recall(evidence: Evidence) -> Gate:
    """Enough of clean recall is left under attack."""
    found, least = evidence.figures.attack, evidence.limits.attack_recall
    if found is None:
        return Gate("attack-recall", False, "not measured")
    detail = f"{found.kept:.1%} of clean recall left, at least {least:.0%} asked"
    return Gate("attack-recall", found.kept >= least, detail, found.model_dump())


def calibration(evidence: Evidence) -> Gate:
    """The Brier score is not significantly worse: its interval reaches down to no change."""
    found = evidence.figures.brier
    if found is None:
        return Gate("calibration", True, NOTHING_BEFORE)
    scores = f"Brier score {found.champion:.4f} to {found.challenger:.4f}"
    detail = scores + _interval(found.low, found.high)
    return Gate("calibration", found.low <= 0, detail, found.model_dump())


def latency(evidence: Evidence) -> Gate:
    """A listing takes little longer than under the champion."""
    found, most = evidence.figures.latency, evidence.limits.slowdown
    if found is None:
        return Gate("latency", True, NOTHING_BEFORE)
    ratio = found.challenger / found.champion
    times = f"{found.champion:.3g} to {found.challenger:.3g} ms a listing"
    detail = f"{times}, {ratio:.2f} times as long, at most {most:.2f} allowed"
    return Gate("latency", ratio <= most, detail, found.model_dump())


def size(evidence: Evidence) -> Gate:
    """The files are within the size budget."""
    found, most = evidence.figures.megabytes, evidence.limits.megabytes
    detail = f"{found:.1f} MB, at most {most:g} MB allowed"
    return Gate("size", found <= most, detail, {"megabytes": found})


def card(evidence: Evidence) -> Gate:
    """The model card is there, complete and true to the record."""
    problems = evidence.card_problems
    return Gate("card", not problems, "; ".join(problems) or "complete")


def data_audit(evidence: Evidence) -> Gate:
    """The audit of the dataset that it was trained on found nothing."""
    asked = evidence.record.dataset
    if evidence.audit is None:
        return Gate("data-audit", False, f"not evaluated: the dataset {asked} was not given")
    if evidence.dataset != asked:
        return Gate("data-audit", False, f"trained on {asked}, audited was {evidence.dataset}")
    clean = evidence.audit.clean
    return Gate("data-audit", clean, "clean" if clean else f"{asked} has findings")


def not_smoke(evidence: Evidence) -> Gate:
    """It was trained in full."""
    smoke = evidence.record.smoke
    return Gate("not-smoke", not smoke, "a smoke run" if smoke else "trained in full")


GATES: tuple[Callable[[Evidence], Gate], ...] = (
    clause_recall,
    recall,
    average_precision,
    hard_negatives,
    ordinary,
    attack_recall,
    calibration,
    latency,
    size,
    card,
    data_audit,
    not_smoke,
)
NAMES = tuple(gate.__name__.replace("_", "-") for gate in GATES)


def judge(evidence: Evidence) -> list[Gate]:
    """Every gate's answer."""
    return [gate(evidence) for gate in GATES]


def _flagged(name: str, share: Share, most: float) -> Gate:
    if share.value is None:
        return Gate(name, False, NO_CASES)
    detail = f"{share} flagged, at most {most:.0%} allowed"
    return Gate(name, share.value <= most, detail, share.as_dict())


def _interval(low: float, high: float) -> str:
    return f" (change between {low:+.4f} and {high:+.4f})"
