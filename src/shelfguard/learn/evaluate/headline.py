"""The few figures by which a model is known, for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shelfguard.learn.evaluate.page import figure, share

Found = dict[str, Any]

FIGURES: dict[str, Callable[[Found], str]] = {
    "Rows": lambda found: str(found["rows"]),
    "Average precision, all pairs": lambda found: figure(found["ranking"]["average_precision"]),
    "Average precision, mean over clauses": lambda found: figure(
        found["ranking"]["clause_average_precision"]
    ),
    "Recall at 1 % of innocents flagged": lambda found: share(
        found["ranking"]["recall_at_false_positives"]["0.01"]
    ),
    "Recall where found": lambda found: share(found["at_limits"]["recall"]),
    "Innocent listings flagged": lambda found: share(found["at_limits"]["innocent_flagged"]),
    "Expected calibration error": lambda found: figure(
        found["calibration"]["expected_calibration_error"], 4
    ),
    "Recall under attack, of clean recall": lambda found: (
        share(found["attacks"]["share_of_clean"]) if found["attacks"] else "n/a"
    ),
    "Against the champion": lambda found: (
        found["comparison"]["average_precision"]["says"] if found["comparison"] else "n/a"
    ),
}


def headline(origins: Mapping[str, Found | None]) -> dict[str, list[str]]:
    """Each figure by name, one text an origin."""
    return {
        name: [read(found) if found else "no rows" for found in origins.values()]
        for name, read in FIGURES.items()
    }
