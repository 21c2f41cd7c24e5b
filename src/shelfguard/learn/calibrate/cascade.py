"""Calibrate the cascade and solve its thresholds on rows that no model was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfguard.learn.calibrate import familiarity
from shelfguard.learn.calibrate.exits import Exit, Passage, bound_exits
from shelfguard.learn.calibrate.held_out import HeldOut
from shelfguard.learn.calibrate.risk import Found, shows_recall
from shelfguard.learn.calibrate.scaling import Sample, Scaled, scale
from shelfguard.learn.calibrate.stages import features_of, highest_of, judge_catalog, raw_scores
from shelfguard.learn.calibrate.thresholds import act_threshold, budget_threshold, review_threshold
from shelfguard.learn.data.corpus import Floats, catalog_batch
from shelfguard.models.source import digest
from shelfguard.models.student import Student
from shelfguard.policy.calibration import Calibration, LogOdds, Thresholds, read_calibration
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import Row
from shelfguard.signals.text import ADDED, STUDENT, TextModel, resolve_models

CATALOG_ROWS = 4000
OPEN_RECALL = 0.99
"""What each stage must leave open of the violations that it sees and the last stage finds."""

NOTHING = np.inf


@dataclass(frozen=True, slots=True)
class Cascade:
    """All stages calibrated, and the openness at which each hands over to the next one.

    `probabilities` [rows, clauses] are out of fold, each of the stage that settles its row, and
    `threshold` is the lowest at which the flag budget holds for them. `rarity` [rows] is the
    student's.
    """

    scaled: dict[str, Scaled]
    open_at: dict[str, float]
    probabilities: Floats
    threshold: float
    exits: list[Exit]
    rarity: Floats

    @property
    def stages(self) -> dict[str, LogOdds]:
        """The calibrated log-odds of each stage."""
        return {stage: scaled.log_odds for stage, scaled in self.scaled.items()}


def calibrate(pack: Pack, rows: Sequence[Row], data: Path, seed: int = 0) -> Calibration:
    """Write the pack's calibration from held-out rows and held-out real listings."""
    catalog = catalog_batch(data, CATALOG_ROWS, seed, held_out=True)
    held_out = HeldOut.of_rows(rows, list(pack.clauses), catalog)
    calibration = calibration_of(pack, resolve_models(pack), held_out)
    solved = read_calibration(pack)
    if solved and ADDED in calibration.models:  # added clauses stay as they were solved
        names = Student.load(resolve_models(pack)[ADDED]).clauses
        kept = {name: solved.clauses[name] for name in names if name in solved.clauses}
        calibration.clauses.update(kept)
        calibration.data[ADDED] = solved.data.get(ADDED, {})
    write_calibration(calibration, pack.calibration_file)
    return calibration


def write_calibration(calibration: Calibration, file: Path) -> None:
    """Write a calibration as the engine reads it."""
    file.write_text(calibration.model_dump_json(indent=1) + "\n", "utf-8")


def calibration_of(pack: Pack, files: Mapping[str, Path], held_out: HeldOut) -> Calibration:
    """The calibration of a text model in these files, by name, under a pack.

    Raises:
        DataError: the rows are too few to calibrate on.
        ModelError: the files do not make a text model.
    """
    raw = TextModel.load(files, Calibration(clauses={}))
    truth = held_out.truth(raw.clauses)
    cascade = fit_cascade(pack, raw, held_out, truth)
    stages = {"stages": cascade.stages, "open_at": cascade.open_at}
    text = TextModel.load(files, Calibration(clauses={}, **stages))
    catalog = judge_catalog(pack, text, cascade.threshold, held_out.catalog)
    real = catalog.probabilities
    return Calibration(
        models={name: digest(file) for name, file in files.items()},
        unfamiliar_at=familiarity.solve(cascade.rarity, catalog.rarity),
        clauses=_solve(pack, text.clauses, cascade, truth, real),
        data={
            **_figures(held_out, cascade),
            "real": len(real),
            "flagged_real": _share(real.max(axis=1, initial=0.0) >= cascade.threshold),
            **{f"real_left_open_by_{stage}": share for stage, share in catalog.left_open.items()},
            "scaling": {stage: scaled.as_dict() for stage, scaled in cascade.scaled.items()},
            "recall_on_average": _recall_on_average(pack, text.clauses, cascade, truth, held_out),
            "exits": [left.as_dict() for left in cascade.exits],
        },
        **stages,
    )


def told(calibration: Calibration) -> list[str]:
    """A line for each stage's scaling and each exit, for a person."""
    lines = []
    for stage, scaling in calibration.data["scaling"].items():
        losses = ", ".join(f"{name} {loss:.5f}" for name, loss in scaling["log_loss"].items())
        lines.append(f"{stage}: {scaling['method']} scaling (log loss: {losses})")
    return lines + [str(Exit.of_dict(left)) for left in calibration.data["exits"]]


def _solve(
    pack: Pack, clauses: Sequence[str], cascade: Cascade, truth: Floats, real: Floats
) -> dict[str, Thresholds]:
    """Both thresholds of each clause; real listings count against acting alone."""
    goals = [pack.clauses[clause].goals for clause in clauses]
    solved = {}
    for i, (clause, goal) in enumerate(zip(clauses, goals, strict=True)):
        known = ~np.isnan(truth[:, i])
        judged, right = cascade.probabilities[known, i], truth[known, i]
        seen = np.concatenate([judged, real[:, i]])
        innocent = np.zeros(len(real), np.float32)
        solved[clause] = Thresholds(
            act=act_threshold(seen, np.concatenate([right, innocent]), goal.act, cascade.threshold),
            review=review_threshold(judged, right, goal.review, cascade.threshold),
        )
    return solved


def _recall_on_average(
    pack: Pack, clauses: Sequence[str], cascade: Cascade, truth: Floats, held_out: HeldOut
) -> list[str]:
    """The clauses whose recall goal holds on average over draws of rows like these.

    Whether it holds with the goal's confidence, which asks for more, is in the thresholds.
    """
    names = []
    for i, clause in enumerate(clauses):
        rows, goal = np.flatnonzero(truth[:, i] > 0), pack.clauses[clause].goals.review
        groups = [held_out.groups[row] for row in rows.tolist()]
        found = Found(cascade.probabilities[rows, i], groups, held_out.weights[rows])
        if shows_recall(found, goal, cascade.threshold):
            names.append(clause)
    return names


def _figures(held_out: HeldOut, cascade: Cascade) -> dict[str, float | None]:
    flagged = cascade.probabilities.max(axis=1) >= cascade.threshold
    kinds = held_out.kinds
    return {
        "rows": len(held_out.batch),
        **{name: int(kind.sum()) for name, kind in kinds.items()},
        **{f"flagged_{name}": _share(flagged[kind]) for name, kind in kinds.items()},
        "threshold": None if cascade.threshold == NOTHING else cascade.threshold,
        "brier": list(cascade.scaled.values())[-1].brier,
    }


def fit_cascade(pack: Pack, text: TextModel, held_out: HeldOut, truth: Floats) -> Cascade:
    """Calibrate each stage, and close as early as `OPEN_RECALL` allows."""
    first, scores = raw_scores(pack, text, held_out.batch)
    groups, weights = held_out.groups, held_out.weights
    scaled = {
        stage: scale(Sample(text.clauses, features_of(scores, stage), truth, groups, weights))
        for stage in text.stages
    }
    judged = {stage: one.probabilities for stage, one in scaled.items()}
    last = judged[text.stages[-1]]
    threshold = flag_threshold(pack, held_out, last)
    violating = np.asarray((truth > 0).any(axis=1))
    found = np.asarray(((last >= threshold) & (truth > 0)).any(axis=1))
    settled, is_open, open_at = last.copy(), np.ones(len(last), bool), {}
    left_at = np.where(highest_of(last) >= threshold, -1, len(text.stages) - 1)
    for number, stage in enumerate(text.stages[:-1]):
        highest = highest_of(judged[stage])
        signal = first.openness if stage == STUDENT else highest
        open_at[stage] = open_threshold(signal[found & is_open], OPEN_RECALL)
        leaves = is_open & (signal < open_at[stage]) & (highest < threshold)
        settled[leaves], left_at[leaves] = judged[stage][leaves], number
        is_open &= ~leaves
    passage = Passage(left_at, violating, found, weights)
    return Cascade(
        scaled,
        open_at,
        settled,
        flag_threshold(pack, held_out, settled),
        bound_exits(passage, text.stages),
        first.rarity,
    )


def open_threshold(found: Floats, recall: float) -> float:
    """The openness that at least this share of the violations found [violations] reaches."""
    return float(np.quantile(found, 1 - recall, method="lower")) if len(found) else 0.0


def flag_threshold(pack: Pack, held_out: HeldOut, probabilities: Floats) -> float:
    """The lowest threshold within the pack's flag budget; infinity where there is none."""
    highest, kinds = highest_of(probabilities), held_out.kinds
    return budget_threshold(
        highest[kinds["ordinary"]], highest[kinds["look_alike"]], pack.manifest.budget
    )


def _share(flags: npt.NDArray[np.bool_]) -> float | None:
    return float(flags.mean()) if len(flags) else None
