"""A first figure of a fresh model: how it ranks the rows that it was not trained on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfguard.learn.data.dataset import Part, truth_of
from shelfguard.learn.evaluate.measures import average_precision
from shelfguard.learn.model import Scorer

Floats = npt.NDArray[np.float32]


def held_out_figures(scorer: Scorer, part: Part) -> dict[str, float]:
    """Average precision over the known (listing, clause) pairs; nothing where none violates."""
    return pair_precision(part.targets, scorer.probabilities(part.batch))


def pair_precision(targets: Floats, scores: Floats) -> dict[str, float]:
    """As `held_out_figures`, of scores [rows, clauses]; NaN scores and targets are left out."""
    truth = truth_of(targets)
    known = ~np.isnan(truth) & ~np.isnan(scores)
    if not (truth[known] == 1).any():
        return {}
    return {"held_out_average_precision": average_precision(truth[known], scores[known])}
