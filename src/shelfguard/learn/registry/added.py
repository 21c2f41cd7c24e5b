"""The model of added clauses: put a head into it, and publish it with its thresholds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shelfguard.learn.calibrate.cascade import write_calibration
from shelfguard.learn.registry.pin import pin_models
from shelfguard.learn.train.student import PAIR_BUCKETS, WORD_BUCKETS, Weighting
from shelfguard.models.student import Student
from shelfguard.models.table import Floats, Table
from shelfguard.policy.calibration import Calibration, Thresholds, read_calibration
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import MODEL_FILES, Pack
from shelfguard.signals.text import ADDED

Wide = npt.NDArray[np.float64]


def add_head(pack: Pack, clause: str, weights: Wide, bias: float, weighting: Weighting) -> None:
    """Write a head into the pack's added model; one of the same clause is replaced.

    `weights` are [words + pairs + features], as `design_matrix` lays them out.
    """
    file = pack.root / "models" / MODEL_FILES[ADDED]
    others = Student.load(file) if file.is_file() else None
    kept = [n for n, name in enumerate(others.clauses) if name != clause] if others else []
    split = WORD_BUCKETS + PAIR_BUCKETS
    words = weights[:WORD_BUCKETS] * weighting.words
    pairs = weights[WORD_BUCKETS:split] * weighting.pairs
    features = {
        name: np.append(_feature(others, name, kept), weights[split + place]).astype(np.float32)
        for name, place in weighting.features.items()
    }
    Student(
        [*(others.clauses[n] for n in kept if others), clause],
        Table.trained(_beside(others.words if others else None, kept, words), weighting.words),
        Table.trained(_beside(others.pairs if others else None, kept, pairs), weighting.pairs),
        features,
        np.append(others.bias[kept] if others else [], bias).astype(np.float32),
    ).save(file)


def _beside(table: Table | None, kept: list[int], weights: Wide) -> Floats:
    """The kept heads' weights [buckets, heads] of a table, and one head's beside them."""
    before = table.values * table.scale if table else np.empty((len(weights), 0))
    return np.column_stack([before[:, kept], weights]).astype(np.float32)


def _feature(student: Student | None, name: str, kept: list[int]) -> Floats:
    known = student.features.get(name) if student else None
    return np.zeros(len(kept), np.float32) if known is None else known[kept]


def publish(pack: Pack, clause: str, thresholds: Thresholds, figures: dict[str, Any]) -> None:
    """Pin the pack's models as they are now, and add the clause to its calibration."""
    pin_models(pack)
    pinned = load_pack(pack.root)
    before = read_calibration(pinned) or Calibration(clauses={})
    added = {**before.data.get("added", {}), clause: figures}
    calibration = before.model_copy(
        update={
            "models": {model.name: model.sha256 for model in pinned.manifest.models},
            "clauses": {**before.clauses, clause: thresholds},
            "data": {**before.data, "added": added},
        }
    )
    write_calibration(calibration, pinned.calibration_file)
