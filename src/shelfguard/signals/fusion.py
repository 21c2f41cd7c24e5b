"""Text and pictures as one probability, for clauses that both speak for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log

from shelfguard.images.readings import Readings
from shelfguard.policy.pack import Fusion

LEAST_SCORE, MOST_SCORE = 0.02, 0.98
"""Beyond these the detector's scores were not checked against pictures."""

LEAST_PROBABILITY = 1e-4
"""Of text: its log-odds are cut here, at the fourth decimal of what decisions record."""


def object_scores(pictures: Iterable[Readings]) -> dict[str, float] | None:
    """The highest score of each kind of object in pictures; None where none was read for them."""
    read = [each.objects for each in pictures if each.objects is not None]
    if not read:
        return None
    scores: dict[str, float] = {}
    for objects in read:
        for each in objects.found:
            scores[each.label] = max(each.score, scores.get(each.label, 0.0))
    return scores


def fused(fusion: Fusion, text: float, objects: Mapping[str, float] | None) -> float:
    """The probability of a clause from that of the text, 0 to 1, and the scores of objects."""
    said = _log_odds(text, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    if objects is None:
        offset, weight = fusion.missing
        return _probability(offset + weight * said)
    shown = sum(
        weight * _log_odds(objects.get(label, 0.0), LEAST_SCORE, MOST_SCORE)
        for label, weight in fusion.objects.items()
    )
    return _probability(fusion.offset + fusion.text * said + shown)


def _log_odds(share: float, least: float, most: float) -> float:
    cut = min(max(share, least), most)
    return log(cut / (1 - cut))


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))
