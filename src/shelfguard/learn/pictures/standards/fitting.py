"""From rows to a head: logistic regression on ramps, none of which may speak for innocence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from shelfguard.images.picture_heads import Ramp
from shelfguard.images.standards import ALONE, NO_TEXT, QUALITY
from shelfguard.learn.pictures.standards.rows import Floats, Rows

Wide = npt.NDArray[np.float64]

PENALTY = 0.1
"""Of the squared weights. Five times as much, or a quarter, ranked held-out pictures no better."""

DECIMALS = 4

RAMPS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    ALONE: {
        "extent": (0.65, 0.5),
        "coverage": (0.15, 0.03),
        "touches": (0, 1),
        "objects": (1, 4),
        "plain_background": (0.9, 0.5),
        "background_lightness": (90, 80),
        "background_chroma": (6, 16),
        "lightest": (92, 82),
        "white_background": (0.5, 0),
        "white_border": (0.5, 0),
    },
    NO_TEXT: {
        "lines_outside": (0, 1),
        "lines_across_outline": (0, 1),
        "letters_outside": (1, 8),
        "surest_outside": (0.5, 1),
        "text_outside": (0, 0.02),
        "repeated": (1, 3),
        "text_margin": (0.12, 0.03),
        "off_centre": (0.5, 0.95),
        "on_small_piece": (0, 1),
        "widest_on_product": (0.6, 0.95),
        "codes_outside": (0, 1),
        "border": (0, 0.02),
        "border_filled": (0.95, 0.6),
    },
    QUALITY: {
        "too_small": (0, 1),
        "focus": (0.6, 0.15),
        "flat_ground": (0.9, 0.99),
        "tonal_range": (15, 1),
        "placeholder_text": (0, 1),
    },
}
"""Up to where each number is fine and from where on it is as bad as can be, as the rules are meant
and detectors measure. Learning says how much each counts."""


class Sum(NamedTuple):
    """Log-odds as a bias and a ramp for each number."""

    bias: float
    terms: dict[str, Ramp]

    def log_odds(self, rows: Rows) -> Wide:
        """Of each row, [rows]."""
        return np.array(
            [
                self.bias + sum(ramp.at(row[name]) for name, ramp in self.terms.items())
                for row in rows.numbers
            ]
        )

    def scaled(self, slope: float, offset: float) -> Sum:
        """The same sum on another scale of log-odds."""
        terms = {
            name: ramp.model_copy(update={"weight": round(ramp.weight * slope, DECIMALS)})
            for name, ramp in self.terms.items()
        }
        return Sum(round(self.bias * slope + offset, DECIMALS), terms)


def fit(clause: str, rows: Rows) -> Sum:
    """The penalised logistic regression whose weights are all 0 or more."""
    ramps = {name: Ramp(fine=f, bad=b, weight=1) for name, (f, b) in RAMPS[clause].items()}
    shares = np.array(
        [[ramp.share(row[name]) for name, ramp in ramps.items()] for row in rows.numbers]
    )
    start = np.zeros(len(ramps) + 1)
    bounds = [(None, None)] + [(0, None)] * len(ramps)
    found = minimize(_loss, start, (shares, 2 * rows.labels - 1), jac=True, bounds=bounds)
    bias, *weights = found.x.tolist()
    terms = zip(ramps.items(), weights, strict=True)
    return Sum(
        bias, {name: ramp.model_copy(update={"weight": weight}) for (name, ramp), weight in terms}
    )


def platt(log_odds: Wide, labels: Floats) -> LogisticRegression:
    """A slope and an offset that make log-odds probabilities (Platt, 1999)."""
    return LogisticRegression(C=1.0).fit(log_odds[:, None], labels)


def _loss(weights: Wide, shares: Wide, signs: Wide) -> tuple[float, Wide]:
    """The penalised log loss and its slope; the bias is the first weight, signs are -1 and 1."""
    margins = signs * (weights[0] + shares @ weights[1:])
    pulls = -signs / (1 + np.exp(np.clip(margins, -50, 50)))
    loss = np.logaddexp(0, -margins).sum() + PENALTY * (weights[1:] ** 2).sum()
    slope = np.concatenate([[pulls.sum()], shares.T @ pulls + 2 * PENALTY * weights[1:]])
    return float(loss), slope
