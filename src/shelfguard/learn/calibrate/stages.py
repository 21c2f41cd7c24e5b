"""What each stage of a text model says of a batch, before calibration and after it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from shelfguard.listing import Batch
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived, Hit, find_hits
from shelfguard.signals.registry import build_signals
from shelfguard.signals.text import STUDENT, TextModel

Floats = npt.NDArray[np.float32]


def raw_scores(pack: Pack, text: TextModel, batch: Batch) -> tuple[Floats, dict[str, Floats]]:
    """Openness [rows], and every model's log-odds [rows, clauses] by its stage."""
    derived = Derived(batch)
    student, openness, _ = text.first_look(derived, _hits(pack, derived))
    everyone = np.arange(len(batch))
    later = {
        stage: text.transformer_scores(stage, derived, everyone) for stage in text.transformers
    }
    return openness, {STUDENT: student, **later}


def features_of(scores: dict[str, Floats], stage: str) -> Floats:
    """What a stage is calibrated on: the student's log-odds, and its own transformer's."""
    return np.stack([scores[name] for name in dict.fromkeys((STUDENT, stage))], axis=-1)


def judge_catalog(
    pack: Pack, text: TextModel, threshold: float, batch: Batch
) -> tuple[Floats, dict[str, float | None]]:
    """Probabilities [rows, clauses] of real listings, and the share each stage leaves open."""
    derived = Derived(batch)
    student, openness, _ = text.first_look(derived, _hits(pack, derived))
    judged = text.probability(STUDENT, student)
    rows, shares = np.arange(len(batch)), {}
    for stage, following in pairwise(text.stages):
        rows = rows[text.stays_open(stage, openness, highest_of(judged[rows]) >= threshold)]
        shares[stage] = len(rows) / len(batch) if len(batch) else None
        scores = text.transformer_scores(following, derived, rows)
        judged[rows] = text.probability(following, student[rows], scores)
        openness = highest_of(judged[rows])
    return judged, shares


def highest_of(probabilities: Floats) -> Floats:
    """The highest probability of each row, [rows]."""
    return np.asarray(probabilities.max(axis=1, initial=0.0), np.float32)


def _hits(pack: Pack, derived: Derived) -> list[Hit]:
    return find_hits(build_signals(pack), derived)
