"""Whether there are enough violating rows of each clause to learn from and to measure on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from shelfguard.learn.data.audit.finding import Finding, Subject
from shelfguard.learn.data.dataset import Origin, Split
from shelfguard.learn.data.datasheet import FEWEST_POSITIVES

SPOKEN = 0.05
"""From this share of all violating rows on, a language is one of the dataset's."""

PURPOSES = {
    Split.TRAIN: "to train on",
    Split.CALIBRATION: "to calibrate on",
    Split.TEST: "to test on",
}

Mask = npt.NDArray[np.bool_]


def check(subject: Subject) -> Iterator[Finding]:
    """Too few violating rows, in all or in a language, and none that are real."""
    if not subject.dataset.clauses:
        message, fix = "no clause has a violating row to train on", "Write examples or label rows"
        yield Finding("error", "no-clauses", message, fix)
    langs = _languages(subject)
    for column, clause in enumerate(subject.dataset.clauses):
        if short := list(_short(subject, subject.violates[:, column], langs)):
            message, fix = f"few violating rows: {', '.join(short)}", "Label or write more"
            yield Finding("warning", "few-violations", message, fix, len(short), clause)
    real = np.array(subject.dataset.everything.column("origin")) == Origin.REAL.value
    tested = real & subject.rows_of(Split.TEST)
    if not subject.violates[tested].any():
        rows = f"none of {tested.sum():,} real rows to test on violates a clause"
        message = f"{rows}: recall is measured on written text alone"
        fix = "Review real listings and build again"
        yield Finding("warning", "no-real-violations", message, fix)


def _languages(subject: Subject) -> dict[str, Mask]:
    """The rows of each language of the dataset."""
    spoken = np.array(subject.dataset.everything.column("lang"))
    violates: Mask = np.asarray(subject.violates.any(axis=1))
    masks = {str(lang): spoken == lang for lang in np.unique(spoken)}
    least = max(1.0, SPOKEN * violates.sum())
    return {lang: mask for lang, mask in masks.items() if violates[mask].sum() >= least}


def _short(subject: Subject, violates: Mask, langs: dict[str, Mask]) -> Iterator[str]:
    for split, fewest in FEWEST_POSITIVES.items():
        rows = violates & subject.rows_of(split)
        if rows.sum() < fewest:
            yield f"{rows.sum()} {PURPOSES[split]}"
        missing = [lang for lang, mask in langs.items() if rows.any() and not rows[mask].any()]
        yield from (f"none in '{lang}' {PURPOSES[split]}" for lang in missing)
