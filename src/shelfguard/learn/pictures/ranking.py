"""How well scores tell pictures that show something from pictures that do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from shelfguard.learn.evaluate.measures import NOTHING, recall_at_false_positives
from shelfguard.learn.evaluate.resampling import Measure, Weights

FALSE_POSITIVES = {"recall_at_1_percent": 0.01, "recall_at_5_percent": 0.05}
"""Shares of the pictures without anything that may be flagged."""

Values = npt.NDArray[Any]


def ranking_measures(truth: Values, scores: Values) -> dict[str, Measure]:
    """Area under the curve, and recall at few false positives, of [pictures, 1] each."""

    def area(weights: Weights) -> float:
        drawn = weights > 0
        if len(np.unique(truth[drawn, 0])) < 2:
            return NOTHING
        return float(roc_auc_score(truth[drawn, 0], scores[drawn, 0], sample_weight=weights[drawn]))

    recalls = {
        name: recall_at_false_positives(truth, scores, share)
        for name, share in FALSE_POSITIVES.items()
    }
    return {"area_under_curve": area, **recalls}
