"""Calibrate the cascade and solve its thresholds on rows that no model was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import GroupKFold

from shelfguard.learn.corpus import Floats, catalog_batch, labels, to_batch
from shelfguard.learn.thresholds import act_threshold, budget_threshold, review_threshold
from shelfguard.listing import Batch
from shelfguard.policy.calibration import FILE, Calibration, LogOdds, Thresholds
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import Row
from shelfguard.signals.base import Derived
from shelfguard.signals.registry import build_signals
from shelfguard.signals.text import TextModel

CATALOG_ROWS = 5000
FOLDS = 5
OPEN_RECALL = 0.99
"""The share of what the encoder would flag that the student must leave open to it."""

Flags = npt.NDArray[np.bool_]


def calibrate(pack: Pack, rows: Sequence[Row], data: Path, seed: int = 0) -> None:
    """Write the pack's calibration from held-out rows and held-out real listings."""
    text = TextModel.load(pack, Calibration(clauses={}))
    truth = labels(rows, text.clauses)
    openness, features = raw_scores(pack, text, to_batch(rows))
    stage, probabilities, brier = fit_log_odds(features, truth)
    innocent = np.array([not row.violates for row in rows])
    look_alike = innocent & np.array([row.near is not None for row in rows])
    highest = probabilities.max(axis=1)
    threshold = budget_threshold(
        highest[innocent & ~look_alike], highest[look_alike], pack.manifest.budget
    )
    flagged = highest >= threshold
    open_at = float(np.quantile(openness[flagged], 1 - OPEN_RECALL)) if flagged.any() else 0.0
    real = student_openness(pack, text, catalog_batch(data, CATALOG_ROWS, seed, held_out=True))
    solved = {
        clause: Thresholds(
            act=act_threshold(probabilities[:, i], truth[:, i], pack.clauses[clause].goals.act),
            review=review_threshold(
                probabilities[:, i], truth[:, i], pack.clauses[clause].goals.review, threshold
            ),
        )
        for i, clause in enumerate(text.clauses)
    }
    figures = {
        "rows": len(rows),
        "violating": int((~innocent).sum()),
        "look_alike": int(look_alike.sum()),
        "ordinary": int((innocent & ~look_alike).sum()),
        "threshold": threshold,
        "brier": brier,
        "flagged_violating": float(flagged[~innocent].mean()),
        "flagged_look_alike": float(flagged[look_alike].mean()),
        "real_rows": len(real),
        "real_left_open": float((real >= open_at).mean()) if len(real) else None,
    }
    calibration = Calibration(
        stages={"encoder": stage}, open_at=open_at, clauses=solved, data=figures
    )
    (pack.root / FILE).write_text(calibration.model_dump_json(indent=1) + "\n", "utf-8")


def raw_scores(pack: Pack, text: TextModel, batch: Batch) -> tuple[Floats, Floats]:
    """Openness [rows], and both models' log-odds [rows, clauses, 2]."""
    derived = Derived(batch)
    hits = [hit for signal in build_signals(pack) for hit in signal.run(derived)]
    student, openness = text.student_scores(derived, hits)
    encoder = text.encoder_scores(derived, np.arange(len(batch)))
    return openness, np.stack([student, encoder], axis=-1)


def student_openness(pack: Pack, text: TextModel, batch: Batch) -> Floats:
    """Openness [rows] alone, which costs no encoder."""
    derived = Derived(batch)
    hits = [hit for signal in build_signals(pack) for hit in signal.run(derived)]
    return text.student_scores(derived, hits)[1]


def fit_log_odds(features: Floats, truth: Floats) -> tuple[LogOdds, Floats, float]:
    """Platt scaling over both models: (weights, out-of-fold probabilities, Brier score).

    One fit for all clauses, since a clause alone has a few dozen violations; Platt,
    "Probabilistic outputs for support vector machines" (1999).
    """
    rows, clauses, models = features.shape
    flat, target = features.reshape(-1, models), truth.reshape(-1)
    group = np.repeat(np.arange(rows), clauses)
    probabilities = np.empty(len(flat))
    for train, test in GroupKFold(FOLDS).split(flat, target, group):
        probabilities[test] = expit(
            _platt(flat[train], target[train]).decision_function(flat[test])
        )
    final = _platt(flat, target)
    student, encoder = final.coef_[0]
    stage = LogOdds(student=student, encoder=encoder, offset=final.intercept_[0])
    brier = float(brier_score_loss(target, probabilities))
    return stage, probabilities.reshape(rows, clauses).astype(np.float32), brier


def _platt(features: Floats, target: Floats) -> LogisticRegression:
    return LogisticRegression(C=1e6).fit(features, target)
