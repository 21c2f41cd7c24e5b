"""Calibrate the cascade and solve its thresholds on rows that no model was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import GroupKFold

from shelfguard.learn.calibrate.thresholds import act_threshold, budget_threshold, review_threshold
from shelfguard.learn.data.corpus import Floats, catalog_batch, labels, to_batch
from shelfguard.listing import Batch
from shelfguard.policy.calibration import FILE, Calibration, LogOdds, Thresholds, probability
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import Row
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.registry import build_signals
from shelfguard.signals.text import STUDENT, TextModel, resolve_models

CATALOG_ROWS = 4000
FOLDS = 5
OPEN_RECALL = {"student": 0.97, "screener": 0.995}
"""What each stage must leave open of the violations that it sees and the last stage finds."""

OFFSET_SPREAD = 0.5
"""How far the offset of a clause is expected to lie from 0, as a standard deviation."""

NOTHING = np.inf


@dataclass(frozen=True, slots=True)
class Fit:
    """A stage calibrated, its out-of-fold probabilities [rows, clauses], and their Brier score."""

    log_odds: LogOdds
    probabilities: Floats
    brier: float


@dataclass(frozen=True, slots=True)
class Cascade:
    """All stages calibrated, and the openness at which each hands over to the next one.

    `probabilities` [rows, clauses] are out of fold, each of the stage that settles its row.
    """

    stages: dict[str, LogOdds]
    open_at: dict[str, float]
    probabilities: Floats
    brier: float


def calibrate(pack: Pack, rows: Sequence[Row], data: Path, seed: int = 0) -> None:
    """Write the pack's calibration from held-out rows and held-out real listings."""
    files = resolve_models(pack)
    raw = TextModel.load(files, Calibration(clauses={}))
    truth = labels(rows, raw.clauses)
    cascade = fit_cascade(pack, raw, rows, truth)
    threshold = flag_threshold(pack, rows, cascade.probabilities)
    stages = {"stages": cascade.stages, "open_at": cascade.open_at}
    text = TextModel.load(files, Calibration(clauses={}, **stages))
    catalog = catalog_batch(data, CATALOG_ROWS, seed, held_out=True)
    real, left_open = judge_catalog(pack, text, threshold, catalog)
    figures = _figures(rows, cascade, threshold)
    calibration = Calibration(
        models={model.name: model.sha256 for model in pack.manifest.models},
        clauses=_solve(pack, text.clauses, cascade.probabilities, truth, real, threshold),
        data={
            **figures,
            "real": len(real),
            "flagged_real": _share(real.max(axis=1, initial=0.0) >= threshold),
            **{f"real_left_open_by_{stage}": share for stage, share in left_open.items()},
        },
        **stages,
    )
    (pack.root / FILE).write_text(calibration.model_dump_json(indent=1) + "\n", "utf-8")


def _solve(
    pack: Pack,
    clauses: Sequence[str],
    probabilities: Floats,
    truth: Floats,
    real: Floats,
    threshold: float,
) -> dict[str, Thresholds]:
    """Both thresholds of each clause; real listings count against acting alone."""
    seen = np.vstack([probabilities, real])
    right = np.vstack([truth, np.zeros_like(real)])
    goals = [pack.clauses[clause].goals for clause in clauses]
    return {
        clause: Thresholds(
            act=act_threshold(seen[:, i], right[:, i], goal.act, threshold),
            review=review_threshold(probabilities[:, i], truth[:, i], goal.review, threshold),
        )
        for i, (clause, goal) in enumerate(zip(clauses, goals, strict=True))
    }


def _figures(rows: Sequence[Row], cascade: Cascade, threshold: float) -> dict[str, float | None]:
    flagged = cascade.probabilities.max(axis=1) >= threshold
    return {
        "rows": len(rows),
        **{name: int(group.sum()) for name, group in groups(rows).items()},
        **{f"flagged_{name}": _share(flagged[group]) for name, group in groups(rows).items()},
        "threshold": None if threshold == NOTHING else threshold,
        "brier": cascade.brier,
    }


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
    """Calibrate each stage, and close as early as `OPEN_RECALL` allows."""
    openness, scores = raw_scores(pack, text, to_batch(rows))
    fits = {
        stage: fit_log_odds(_features(scores, stage), truth, text.clauses) for stage in text.stages
    }
    last = fits[text.stages[-1]]
    threshold = flag_threshold(pack, rows, last.probabilities)
    found = ((last.probabilities >= threshold) & (truth > 0)).any(axis=1)
    settled, is_open, open_at = last.probabilities.copy(), np.ones(len(rows), bool), {}
    for stage in text.stages[:-1]:
        judged = fits[stage].probabilities
        highest = _highest(judged)
        signal = openness if stage == STUDENT else highest
        open_at[stage] = open_threshold(signal[found & is_open], OPEN_RECALL[stage])
        stays = (signal >= open_at[stage]) | (highest >= threshold)
        settled[is_open & ~stays] = judged[is_open & ~stays]
        is_open &= stays
    return Cascade(
        {stage: fit.log_odds for stage, fit in fits.items()}, open_at, settled, last.brier
    )


def open_threshold(found: Floats, recall: float) -> float:
    """The openness that at least this share of the violations found [violations] reaches."""
    return float(np.quantile(found, 1 - recall, method="lower")) if len(found) else 0.0


def _features(scores: dict[str, Floats], stage: str) -> Floats:
    """What a stage is calibrated on: the student's log-odds, and its own transformer's."""
    return np.stack([scores[name] for name in dict.fromkeys((STUDENT, stage))], axis=-1)


def flag_threshold(pack: Pack, rows: Sequence[Row], probabilities: Floats) -> float:
    """The lowest threshold within the pack's flag budget; infinity where there is none."""
    highest, group = probabilities.max(axis=1), groups(rows)
    return budget_threshold(
        highest[group["ordinary"]], highest[group["look_alike"]], pack.manifest.budget
    )


def judge_catalog(
    pack: Pack, text: TextModel, threshold: float, batch: Batch
) -> tuple[Floats, dict[str, float | None]]:
    """Probabilities [rows, clauses] of real listings, and the share each stage leaves open."""
    derived = Derived(batch)
    student, openness = text.student_scores(derived, _hits(pack, derived))
    judged = text.probability(STUDENT, student)
    rows, shares = np.arange(len(batch)), {}
    for stage, following in pairwise(text.stages):
        rows = rows[text.stays_open(stage, openness, _highest(judged[rows]) >= threshold)]
        shares[stage] = len(rows) / len(batch) if len(batch) else None
        scores = text.transformer_scores(following, derived, rows)
        judged[rows] = text.probability(following, student[rows], scores)
        openness = _highest(judged[rows])
    return judged, shares


def _highest(probabilities: Floats) -> Floats:
    return np.asarray(probabilities.max(axis=1, initial=0.0), np.float32)


def raw_scores(pack: Pack, text: TextModel, batch: Batch) -> tuple[Floats, dict[str, Floats]]:
    """Openness [rows], and every model's log-odds [rows, clauses] by its stage."""
    derived = Derived(batch)
    student, openness = text.student_scores(derived, _hits(pack, derived))
    everyone = np.arange(len(batch))
    later = {
        stage: text.transformer_scores(stage, derived, everyone) for stage in text.transformers
    }
    return openness, {STUDENT: student, **later}


def _hits(pack: Pack, derived: Derived) -> list[Hit]:
    return [hit for signal in build_signals(pack) for hit in signal.run(derived)]


def fit_log_odds(features: Floats, truth: Floats, names: Sequence[str]) -> Fit:
    """Platt scaling over the models' log-odds.

    `features` is [rows, clauses, models]: the student, and a transformer where there is one. The
    weights are the clauses' common ones, since a clause alone has a few dozen violations; each
    clause adds an offset of its own. All are drawn towards 0, which small packs alone feel in
    the common weights. Platt, "Probabilistic outputs for support vector machines" (1999).
    """
    rows, clauses, models = features.shape
    columns = _columns(features)
    target = truth.reshape(-1)
    group = np.repeat(np.arange(rows), clauses)
    log_odds = np.empty(len(target))
    for train, test in GroupKFold(FOLDS).split(columns, target, group):
        fold = _platt(columns[train], target[train])
        log_odds[test] = fold.decision_function(columns[test])
    final = _platt(columns, target)
    weights = dict(zip(("student", "transformer"), final.coef_[0, :models].tolist(), strict=False))
    own = dict(zip(names, (OFFSET_SPREAD * final.coef_[0, models:]).tolist(), strict=True))
    judged = probability(log_odds)
    return Fit(
        LogOdds(offset=final.intercept_[0], clauses=own, **weights),
        judged.reshape(rows, clauses),
        float(brier_score_loss(target, judged)),
    )


def _columns(features: Floats) -> sparse.csr_matrix:
    """[rows x clauses, models + clauses]: the log-odds, and which clause they are of."""
    rows, clauses, models = features.shape
    which = sparse.vstack([sparse.identity(clauses, format="csr")] * rows)
    return sparse.hstack([features.reshape(-1, models), which * OFFSET_SPREAD], format="csr")


def _platt(columns: sparse.csr_matrix, target: Floats) -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=1000).fit(columns, target)


def _share(flags: npt.NDArray[np.bool_]) -> float | None:
    return float(flags.mean()) if len(flags) else None
