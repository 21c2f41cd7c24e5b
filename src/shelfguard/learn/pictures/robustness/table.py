"""Rows of trials as a table in Markdown, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shelfguard.learn.evaluate.resampling import Estimate
from shelfguard.learn.pictures.robustness.transforms import TRANSFORMS
from shelfguard.learn.pictures.robustness.trial import Row

DECIMALS = 4


def table(rows: Sequence[Row]) -> Iterator[str]:
    """A line a row, then what the rows count and what the transforms do."""
    heads = ("Detector", "Things (sources)", *(each.name for each in TRANSFORMS))
    yield _line(heads)
    yield "|" + "---|" * len(heads)
    for row in rows:
        shares = (_share(row.shares[each.name]) for each in TRANSFORMS)
        yield _line((row.name, f"{row.things} ({row.groups})", *shares))
    yield ""
    yield from (f"- **{row.name}**: {row.about}" for row in rows)
    yield ""
    yield "; ".join(f"*{each.name}*: {each.about}" for each in TRANSFORMS)


def as_data(rows: Sequence[Row], left_out: Mapping[str, str]) -> dict[str, Any]:
    """The same for `write_json`: shares with the ends of their intervals, null where not asked."""
    return {
        "transforms": {each.name: each.about for each in TRANSFORMS},
        "rows": [_row(row) for row in rows],
        "left_out": dict(left_out),
    }


def _row(row: Row) -> dict[str, Any]:
    counts = {"pictures": row.pictures, "groups": row.groups, "things": row.things}
    shares = {name: _ends(found) for name, found in row.shares.items()}
    return {"name": row.name, "about": row.about, **counts, "shares": shares}


def _ends(found: Estimate) -> list[float] | None:
    return None if found.value != found.value else [round(each, DECIMALS) for each in found]


def _share(found: Estimate) -> str:
    if found.value != found.value:
        return "–"
    return f"{100 * found.value:.0f} % ({100 * found.low:.0f} to {100 * found.high:.0f})"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
