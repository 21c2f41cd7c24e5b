"""What text, pictures and both together are worth, on the same made listings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shelfguard.learn.evaluate.measures import pooled_precision, recall_at_false_positives
from shelfguard.learn.evaluate.resampling import Measure, Resamples, bootstrap
from shelfguard.learn.pictures.pairing import Paired, Wording
from shelfguard.signals.fusion import Fusion, fused, object_log_odds

Values = npt.NDArray[np.float64]

GROUPS = {
    "all": tuple(Wording),
    "texts of the clause": (Wording.VIOLATES, Wording.LOOKS_ALIKE),
    "ordinary text": (Wording.ORDINARY,),
}
"""Which texts: all; those on the clause's own shelf; and ordinary ones, where a violation shows in
the picture alone."""


def ablation(
    fusion: Fusion, made: Sequence[Paired]
) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Figures with 95 % intervals over texts: by group of texts, then by what is looked at."""
    return {
        name: _compare(fusion, [each for each in made if each.text.wording in wordings])
        for name, wordings in GROUPS.items()
    }


def _compare(fusion: Fusion, made: Sequence[Paired]) -> dict[str, dict[str, list[float]]]:
    truth = np.array([[float(each.violates)] for each in made])
    resamples = Resamples.of_groups(np.ones(len(made)), [each.text.name for each in made])
    ways: dict[str, Values] = {
        "text": np.array([[each.text.probability] for each in made]),
        "picture": np.array([[_shown(fusion, each)] for each in made]),
        "both": np.array([[fused(fusion, each.text.probability, each.objects)] for each in made]),
    }
    return {way: _figures(truth, scores, resamples) for way, scores in ways.items()}


def _shown(fusion: Fusion, each: Paired) -> float:
    """What the picture alone says; without one, nothing speaks for a violation."""
    objects = each.objects or {}
    return sum(w * object_log_odds(objects.get(label, 0.0)) for label, w in fusion.objects.items())


def _figures(truth: Any, scores: Values, resamples: Resamples) -> dict[str, list[float]]:
    measures: dict[str, Measure] = {
        "average_precision": pooled_precision(truth, scores),
        "recall_at_1_percent": recall_at_false_positives(truth, scores, 0.01),
        "recall_at_5_percent": recall_at_false_positives(truth, scores, 0.05),
    }
    return {
        name: [round(number, 4) for number in bootstrap(measure, resamples)]
        for name, measure in measures.items()
    }


def table(found: dict[str, dict[str, dict[str, list[float]]]]) -> list[str]:
    """The figures as a Markdown table."""
    lines = [
        "| Texts | Looked at | Average precision | Recall at 1 % | Recall at 5 % |",
        "|---|---|---|---|---|",
    ]
    for group, ways in found.items():
        for way, figures in ways.items():
            cells = [f"{v:.3f} ({low:.3f} to {high:.3f})" for v, low, high in figures.values()]
            lines.append(f"| {group} | {way} | {' | '.join(cells)} |")
    return lines
