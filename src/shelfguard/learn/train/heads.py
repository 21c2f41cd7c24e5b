"""A linear head a clause, fitted to answers of which both kinds weigh the same."""

from __future__ import annotations

from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from shelfguard.learn.train.targets import answers

Floats = npt.NDArray[np.float32]


def fit_heads(
    inputs: Any, targets: Floats, weights: Floats | None, model: LogisticRegression
) -> tuple[Floats, Floats]:
    """(weights [width, clauses], bias [clauses]) from inputs [rows, width], dense or sparse.

    `targets` [rows, clauses] run from 0 to 1, NaN where unknown; `model` is fitted once a clause.
    """
    heads = [_fit_head(inputs, target, weights, model) for target in targets.T]
    columns = np.column_stack([weight for weight, _ in heads])
    return columns, np.array([bias for _, bias in heads], np.float32)


def _fit_head(
    inputs: Any, target: Floats, weights: Floats | None, model: LogisticRegression
) -> tuple[Floats, float]:
    """A clause that nobody violates, or everybody, gets no weights but the bias of its share."""
    found = answers(target, weights)
    if found.is_one_sided:
        share = (found.violates.sum() + 0.5) / (len(found.violates) + 1)
        return np.zeros(inputs.shape[1], np.float32), float(np.log(share / (1 - share)))
    rows, violates, counts = found.balanced()
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)
        model.fit(inputs[rows], violates, sample_weight=counts)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])
