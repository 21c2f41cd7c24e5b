"""What each stage of a text model says of a batch, before calibration and after it."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shelfguard.listing import Batch
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived, Hit, find_hits
from shelfguard.signals.registry import build_signals
from shelfguard.signals.text import STUDENT, FirstLook, TextModel

Floats = npt.NDArray[np.float32]


class JudgedCatalog(NamedTuple):
    """Real listings: probabilities [rows, clauses], the share each stage leaves open, rarities."""

    probabilities: Floats
    left_open: dict[str, float | None]
    rarity: Floats


def raw_scores(pack: Pack, text: TextModel, batch: Batch) -> tuple[FirstLook, dict[str, Floats]]:
    """The student's first look, and every model's log-odds [rows, clauses] by its stage."""
    derived = Derived(batch)
    first = text.first_look(derived, _hits(pack, derived))
    everyone = np.arange(len(batch))
    later = {
        stage: text.transformer_scores(stage, derived, everyone) for stage in text.transformers
    }
    return first, {STUDENT: first.scores, **later}


def features_of(scores: dict[str, Floats], stage: str) -> Floats:
    """What a stage is calibrated on: the student's log-odds, and its own transformer's."""
    return np.stack([scores[name] for name in dict.fromkeys((STUDENT, stage))], axis=-1)


def judge_catalog(pack: Pack, text: TextModel, threshold: float, batch: Batch) -> JudgedCatalog:
    """What the cascade makes of real listings."""
    derived = Derived(batch)
    student, openness, rarity = text.first_look(derived, _hits(pack, derived))
    judged = text.probability(STUDENT, student)
    rows, shares = np.arange(len(batch)), {}
    for stage, following in pairwise(text.stages):
        rows = rows[text.stays_open(stage, openness, highest_of(judged[rows]) >= threshold)]
        shares[stage] = len(rows) / len(batch) if len(batch) else None
        scores = text.transformer_scores(following, derived, rows)
        judged[rows] = text.probability(following, student[rows], scores)
        openness = highest_of(judged[rows])
    return JudgedCatalog(judged, shares, rarity)


def highest_of(probabilities: Floats) -> Floats:
    """The highest probability of each row, [rows]."""
    return np.asarray(probabilities.max(axis=1, initial=0.0), np.float32)


def _hits(pack: Pack, derived: Derived) -> list[Hit]:
    return find_hits(build_signals(pack), derived)
