"""Checks of a dataset that hold a figure honest, one a module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shelfguard.learn.data.audit import (
    annotators,
    balance,
    contradictions,
    files,
    future,
    leaks,
    sampling,
    suspects,
)
from shelfguard.learn.data.audit.finding import Finding, Severity, Subject
from shelfguard.learn.data.catalog import Progress
from shelfguard.learn.data.dataset import Dataset, Floats

CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    files.check,
    leaks.check,
    future.check,
    sampling.check,
    annotators.check,
    contradictions.check,
    balance.check,
    suspects.check,
)

__all__ = ["CHECKS", "Audit", "Finding", "audit"]


@dataclass(frozen=True, slots=True)
class Audit:
    """What the checks found in one dataset, errors first, and who labelled how many pairs of it."""

    dataset: str
    findings: tuple[Finding, ...]
    labels: Sequence[Mapping[str, Any]]

    @property
    def clean(self) -> bool:
        """Whether nothing found makes figures on this dataset wrong: there are no errors."""
        return not self.count("error")

    def count(self, severity: Severity) -> int:
        return Counter(finding.severity for finding in self.findings)[severity]

    def as_dict(self) -> dict[str, Any]:
        findings = [finding.as_dict() for finding in self.findings]
        return {
            "dataset": self.dataset,
            "clean": self.clean,
            "findings": findings,
            "labels": list(self.labels),
        }


def _untold(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def audit(
    dataset: Dataset, probabilities: Floats | None = None, progress: Progress = _untold
) -> Audit:
    """Run every check.

    `probabilities` [rows, clauses], in the order of `dataset.everything`, must come from models
    that have not learned from the row; without them no label is doubted.
    """
    subject = Subject(dataset, progress, probabilities)
    found = [finding for check in CHECKS for finding in check(subject)]
    order = sorted(found, key=lambda f: (f.severity, f.code, f.clause or "", f.message))
    return Audit(dataset.id, tuple(order), dataset.manifest.counts.get("labels", ()))
