"""Calibrate the cascade and solve its thresholds on rows that no model was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
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
from shelfguard.signals.text import TextModel, resolve_models

CATALOG_ROWS = 4000
FOLDS = 5
OPEN_RECALL = 0.97
"""The share of violations found by both models that the student must leave open."""

OFFSET_SPREAD = 0.5
"""How far the offset of a clause is expected to lie from 0, as a standard deviation."""

STUDENT, ENCODER = "student", "encoder"
NOTHING = np.inf


@dataclass(frozen=True, slots=True)
class Cascade:
    """Both stages calibrated, and where the student hands over."""

    stages: dict[str, LogOdds]
    open_at: float
    probabilities: Floats
    brier: float


def calibrate(pack: Pack, rows: Sequence[Row], data: Path, seed: int = 0) -> None:
    """Write the pack's calibration from held-out rows and held-out real listings."""
    text = TextModel.load(resolve_models(pack), Calibration(clauses={}))
    truth = labels(rows, text.clauses)
    cascade = fit_cascade(pack, text, rows, truth)
    threshold = flag_threshold(pack, rows, cascade.probabilities)
    catalog = catalog_batch(data, CATALOG_ROWS, seed, held_out=True)
    real, real_open = judge_catalog(pack, text, cascade, threshold, catalog)
    seen = np.vstack([cascade.probabilities, real])
    right = np.vstack([truth, np.zeros_like(real)])
    solved = {
        clause: Thresholds(
            act=act_threshold(seen[:, i], right[:, i], pack.clauses[clause].goals.act),
            review=review_threshold(
                cascade.probabilities[:, i],
                truth[:, i],
                pack.clauses[clause].goals.review,
                threshold,
            ),
        )
        for i, clause in enumerate(text.clauses)
    }
    flagged = cascade.probabilities.max(axis=1) >= threshold
    figures = {
        "rows": len(rows),
        **{name: int(group.sum()) for name, group in groups(rows).items()},
        **{f"flagged_{name}": _share(flagged[group]) for name, group in groups(rows).items()},
        "threshold": None if threshold == NOTHING else threshold,
        "brier": cascade.brier,
        "real": len(real),
        "real_left_open": _share(real_open),
        "flagged_real": _share(real.max(axis=1, initial=0.0) >= threshold),
    }
    calibration = Calibration(
        models={model.name: model.sha256 for model in pack.manifest.models},
        stages=cascade.stages,
        open_at=cascade.open_at,
        clauses=solved,
        data=figures,
    )
    (pack.root / FILE).write_text(calibration.model_dump_json(indent=1) + "\n", "utf-8")


def groups(rows: Sequence[Row]) -> dict[str, npt.NDArray[np.bool_]]:
    """Which rows violate, which are legal look-alikes of a clause, and which are neither."""
    violating = np.array([bool(row.violates) for row in rows])
    near = np.array([row.near is not None for row in rows])
    return {
        "violating": violating,
        "look_alike": ~violating & near,
        "ordinary": ~violating & ~near,
    }


def fit_cascade(pack: Pack, text: TextModel, rows: Sequence[Row], truth: Floats) -> Cascade:
    """Calibrate each stage, and close as early as `OPEN_RECALL` allows.

    Probabilities [rows, clauses] are out of fold, each of the stage that settles its row.
    """
    openness, features = raw_scores(pack, text, to_batch(rows))
    student, early, brier = fit_log_odds(features[..., :1], truth, text.clauses)
    if text.encoder is None:
        return Cascade({STUDENT: student}, 0.0, early, brier)
    encoder, late, brier = fit_log_odds(features, truth, text.clauses)
    threshold = flag_threshold(pack, rows, late)
    found = ((late >= threshold) & (truth > 0)).any(axis=1)
    open_at = float(np.quantile(openness[found], 1 - OPEN_RECALL)) if found.any() else 0.0
    is_open = (openness >= open_at) | (early.max(axis=1) >= threshold)
    settled = np.where(is_open[:, None], late, early)
    return Cascade({STUDENT: student, ENCODER: encoder}, open_at, settled, brier)


def flag_threshold(pack: Pack, rows: Sequence[Row], probabilities: Floats) -> float:
    """The lowest threshold within the pack's flag budget; infinity where there is none."""
    highest, group = probabilities.max(axis=1), groups(rows)
    return budget_threshold(
        highest[group["ordinary"]], highest[group["look_alike"]], pack.manifest.budget
    )


def judge_catalog(
    pack: Pack, text: TextModel, cascade: Cascade, threshold: float, batch: Batch
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """(probabilities [rows, clauses], rows left open) of real listings, as a scan judges them."""
    derived = Derived(batch)
    hits = [hit for signal in build_signals(pack) for hit in signal.run(derived)]
    student, openness = text.student_scores(derived, hits)
    judged = expit(cascade.stages[STUDENT].combine(text.clauses, student, 0.0))
    is_open = (openness >= cascade.open_at) | (judged.max(axis=1) >= threshold)
    is_open &= text.encoder is not None
    if is_open.any():
        encoder = text.encoder_scores(derived, np.flatnonzero(is_open))
        late = cascade.stages[ENCODER].combine(text.clauses, student[is_open], encoder)
        judged[is_open] = expit(late)
    return judged.astype(np.float32), is_open


def raw_scores(pack: Pack, text: TextModel, batch: Batch) -> tuple[Floats, Floats]:
    """Openness [rows], and both models' log-odds [rows, clauses, 2]."""
    derived = Derived(batch)
    hits = [hit for signal in build_signals(pack) for hit in signal.run(derived)]
    student, openness = text.student_scores(derived, hits)
    encoder = text.encoder_scores(derived, np.arange(len(batch)))
    return openness, np.stack([student, encoder], axis=-1)


def fit_log_odds(
    features: Floats, truth: Floats, names: Sequence[str]
) -> tuple[LogOdds, Floats, float]:
    """Platt scaling over the models' log-odds: (weights, out-of-fold probabilities, Brier score).

    `features` is [rows, clauses, models]. The weights are the clauses' common ones, since a
    clause alone has a few dozen violations; each clause adds an offset of its own. All are
    drawn towards 0, which small packs alone feel in the common weights.
    Platt, "Probabilistic outputs for support vector machines" (1999).
    """
    rows, clauses, models = features.shape
    columns = _columns(features)
    target = truth.reshape(-1)
    group = np.repeat(np.arange(rows), clauses)
    probabilities = np.empty(len(target))
    for train, test in GroupKFold(FOLDS).split(columns, target, group):
        fold = _platt(columns[train], target[train])
        probabilities[test] = expit(fold.decision_function(columns[test]))
    final = _platt(columns, target)
    weights = dict(zip((STUDENT, ENCODER), final.coef_[0, :models].tolist(), strict=False))
    own = dict(zip(names, (OFFSET_SPREAD * final.coef_[0, models:]).tolist(), strict=True))
    stage = LogOdds(offset=final.intercept_[0], clauses=own, **weights)
    brier = float(brier_score_loss(target, probabilities))
    return stage, probabilities.reshape(rows, clauses).astype(np.float32), brier


def _columns(features: Floats) -> sparse.csr_matrix:
    """[rows x clauses, models + clauses]: the log-odds, and which clause they are of."""
    rows, clauses, models = features.shape
    which = sparse.vstack([sparse.identity(clauses, format="csr")] * rows)
    return sparse.hstack([features.reshape(-1, models), which * OFFSET_SPREAD], format="csr")


def _platt(columns: sparse.csr_matrix, target: Floats) -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=1000).fit(columns, target)


def _share(flags: npt.NDArray[np.bool_]) -> float | None:
    return float(flags.mean()) if len(flags) else None
