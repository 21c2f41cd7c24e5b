"""What heads are worth on pictures that took no part in making them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from shelfguard.images.picture_heads import Head, Limit
from shelfguard.learn.evaluate.measures import (
    flagged_share,
    precision_at,
    recall_at,
    recall_at_false_positives,
)
from shelfguard.learn.evaluate.resampling import Measure, Resamples, bootstrap
from shelfguard.learn.pictures.standards.rows import Floats, Rows

SHARES = (0.01, 0.05)
"""Shares of innocent pictures flagged at which recall is told."""


def figures(head: Head, rows: Rows) -> dict[str, Any]:
    """Ranking, and recall and false positives at the thresholds, with 95 % bootstrap intervals."""
    scores = np.array([[head.probability(row)] for row in rows.numbers], np.float32)
    truth, resamples = rows.labels[:, None], Resamples.of_rows(len(rows.labels))
    measures: dict[str, Measure] = {"auc": _auc(truth, scores)}
    for share in SHARES:
        measures[f"recall_at_{share:.0%}"] = recall_at_false_positives(truth, scores, share)
    for name, limit in (("act", head.act), ("review", head.review)):
        measures |= _at(name, limit, truth, scores)
    told = {name: list(bootstrap(each, resamples)) for name, each in measures.items()}
    rounded = {
        name: [round(value, 4) for value in values]
        for name, values in told.items()
        if not np.isnan(values).any()  # precision where nothing is flagged
    }
    counts = {"pictures": len(truth), "violations": int(truth.sum())}
    return {**counts, **rounded, "kinds": _by_kind(head, rows, scores)}


def table(told: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The figures by clause as lines of Markdown."""
    for clause, found in told.items():
        yield f"\n### {clause}: {found['violations']} violations, {found['pictures']} pictures\n"
        yield "| Measure | Value (95 % interval) |\n|---|---|"
        for name, values in found.items():
            if isinstance(values, list):
                value, low, high = values
                yield f"| {name} | {value:.3f} ({low:.3f} to {high:.3f}) |"
        yield "\n| Kind | Violates | Pictures | Review or act | Act |\n|---|---|---|---|---|"
        for kind, row in found["kinds"].items():
            cells = (kind, row["violates"], row["pictures"], row["review"], row["act"])
            yield "| " + " | ".join(map(str, cells)) + " |"


def _auc(truth: Floats, scores: Floats) -> Measure:
    def measure(weights: Any) -> float:
        return float(roc_auc_score(truth[:, 0], scores[:, 0], sample_weight=weights))

    return measure


def _at(name: str, limit: Limit, truth: Floats, scores: Floats) -> dict[str, Measure]:
    found = _flags(limit, scores)
    return {
        f"{name}_recall": recall_at(truth, found),
        f"{name}_false_positives": flagged_share(truth, found),
        f"{name}_precision": precision_at(truth, found),
    }


def _flags(limit: Limit, scores: Floats) -> Any:
    return scores >= (np.inf if limit.threshold is None else limit.threshold)


def _by_kind(head: Head, rows: Rows, scores: Floats) -> dict[str, Any]:
    """How many pictures of each kind are flagged: hits of those that violate, errors of others."""
    names = np.array([kind.name for kind in rows.kinds])
    review, act = _flags(head.review, scores)[:, 0], _flags(head.act, scores)[:, 0]
    return {
        name: {
            "violates": bool(rows.labels[names == name][0]),
            "pictures": int((names == name).sum()),
            "review": int(review[names == name].sum()),
            "act": int(act[names == name].sum()),
        }
        for name in dict.fromkeys(names.tolist())
    }
