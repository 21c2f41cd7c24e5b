"""Write the headline figures of an evaluation into the record of the model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shelfguard.learn.model import FILE, read_record


def record_figures(folder: Path, result: Mapping[str, Any]) -> None:
    """Put what was measured into `model.json`, by origin; training's own figures stay.

    `result` is what `evaluate` returns. The digest of a model is that of its files, and does
    not change.

    Raises:
        ModelError: there is no model in the folder.
    """
    record = read_record(folder)
    measured = {
        origin: _headline(figures) | {"rows": figures["rows"], "violations": figures["violations"]}
        for origin, figures in result["origins"].items()
        if figures
    }
    kept = {"dataset_tested": result["dataset"], **record.metrics, **measured}
    changed = record.model_copy(update={"metrics": kept})
    (folder / FILE).write_text(changed.model_dump_json(indent=1) + "\n", "utf-8")


def _headline(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Estimates `[value, low, high]` by name; what could not be measured is left out."""
    ranking, attacks = figures["ranking"], figures["attacks"] or {}
    found = {
        "average_precision": ranking["average_precision"],
        "mean_average_precision_of_clauses": ranking["clause_average_precision"],
        **{
            f"recall_at_{float(share):.1%}_false_positives": value
            for share, value in ranking["recall_at_false_positives"].items()
        },
        "recall": figures["at_limits"]["recall"],
        "innocent_flagged": figures["at_limits"]["innocent_flagged"],
        "attacked_recall_of_clean": attacks.get("share_of_clean"),
    }
    return {name: value for name, value in found.items() if value and value[0] is not None}
