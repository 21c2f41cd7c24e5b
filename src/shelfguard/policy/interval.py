"""Shares with confidence intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total` with its Wilson interval; `value` is None where total is 0."""

    hits: int
    total: int
    confidence: float = 0.95

    @property
    def value(self) -> float | None:
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """The score interval of Wilson (1927); all of [0, 1] for an empty sample."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = _quantile(self.confidence), self.total, self.hits / self.total
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        # Rounding must not push the bound past the share itself.
        return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))

    def as_dict(self) -> dict[str, float | int | None]:
        low, high = self.interval
        return {
            "hits": self.hits,
            "total": self.total,
            "share": self.value,
            "low": low,
            "high": high,
        }

    def __str__(self) -> str:
        if self.value is None:
            return "no rows"
        low, high = self.interval
        return f"{self.value:.1%} ({low:.1%}-{high:.1%})"


@cache
def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
