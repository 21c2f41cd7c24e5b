"""Figures weigh rows by the inverse of the probability with which they were picked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from shelfguard.learn.data.audit.finding import Finding, Subject
from shelfguard.learn.data.dataset import Split

LEAST_EFFECTIVE = 0.1
"""Below this share of effective rows, a few rows decide every figure."""


def check(subject: Subject) -> Iterator[Finding]:
    """Probabilities that are none, and weights so unlike that few rows count.

    The effective number of rows is (sum w)^2 / sum w^2 (Kish, "Survey Sampling", 1965).
    """
    column = subject.dataset.everything.rows.column("sampling_prob")
    chances = column.to_numpy().astype(float)
    sound = (chances > 0) & (chances <= 1)  # NaN is neither
    if not sound.all():
        broken = np.flatnonzero(~sound)
        message = f"{len(broken):,} rows have no sampling probability above 0 and at most 1"
        fix, rows = "Correct sampling_prob in the labels", subject.named(broken.tolist())
        yield Finding("error", "sampling-probability", message, fix, len(broken), rows=rows)
    for split in Split:
        weights = 1 / chances[sound & subject.rows_of(split)]
        effective = weights.sum() ** 2 / np.square(weights).sum() if len(weights) else 0.0
        if effective < LEAST_EFFECTIVE * len(weights):
            worth = f"{len(weights):,} rows of {split.value} count as {effective:,.0f}"
            message = f"{worth}: their weights reach {weights.max():,.0f}"
            fix = "Sample more evenly, or report figures without weights beside them"
            yield Finding("warning", "extreme-weights", message, fix)
