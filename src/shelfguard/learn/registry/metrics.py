"""The figures of a model record, flat: what the card, the bill of materials and MLflow show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

NOT_A_KEY = re.compile(r"[^\w./ -]")
"""What MLflow takes in no name of a metric."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. `path` says what and on which rows, outermost first."""

    path: tuple[str, ...]
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def part(self) -> str:
        """The rows that it was measured on: `written / fr`, or `all`."""
        return " / ".join(self.path[:-1]) or "all"

    @property
    def key(self) -> str:
        return NOT_A_KEY.sub("-", "/".join(self.path))

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.4g}"
        return f"{self.value:.4g} ({self.low:.4g} to {self.high:.4g})"


def figures(metrics: Mapping[str, Any]) -> list[Figure]:
    """Every number of a record's metrics, in their order.

    An interval is written as `{value, low, high}`, as `{share, low, high, ...}`, or as three
    numbers, value first. What is not a finite number is no figure.
    """
    return [figure for figure in _walk(metrics, ()) if isfinite(figure.value)]


def _walk(value: Any, path: tuple[str, ...]) -> Iterator[Figure]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield Figure(path, float(value))
    elif isinstance(value, Mapping):
        yield from _from_mapping(value, path)
    elif _is_interval(value):
        yield Figure(path, *map(float, value))


def _from_mapping(value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Figure]:
    found = value.get("value", value.get("share"))
    triple = [found, value.get("low"), value.get("high")]
    if {"low", "high"} <= value.keys() and _is_interval(triple):
        yield Figure(path, *map(float, triple))
    elif not {"low", "high"} <= value.keys():
        for name, inner in value.items():
            yield from _walk(inner, (*path, name))


def _is_interval(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 3
        and all(isinstance(v, int | float) and not isinstance(v, bool) for v in value)
        and (value[1] <= value[0] <= value[2])
    )
