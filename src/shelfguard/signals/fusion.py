"""Text and pictures as one probability, for clauses that both speak for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from shelfguard.errors import ModelError
from shelfguard.images.readings import Readings

LEAST_SCORE, MOST_SCORE = 0.02, 0.98
"""Beyond these the detector's scores were not checked against pictures."""

LEAST_PROBABILITY = 1e-4
"""Of text: its log-odds are cut here, at the fourth decimal of what decisions record."""


class Fusion(BaseModel):
    """How one clause weighs what text and pictures say: log-odds that add up.

    `objects` weighs the log-odds of the likeliest object of each label.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    offset: float
    text: float
    objects: dict[str, float]


class FusionFile(BaseModel):
    """`fusion.json`: fusions by clause, and the figures measured when they were made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clauses: dict[str, Fusion]
    figures: dict[str, Any] = {}


def read_fusions(path: Path) -> dict[str, Fusion]:
    """The fusions of `fusion.json`, by clause.

    Raises:
        ModelError: the file is missing, or is not in this format.
    """
    fix = "Train it again: python -m shelfguard.learn.pictures.fusion"
    try:
        return FusionFile.model_validate_json(path.read_bytes()).clauses
    except OSError as error:
        raise ModelError(f"cannot be read ({error.strerror})", file=path, fix=fix) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or None
        raise ModelError(first["msg"], file=path, field=field, fix=fix) from error


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
    """The probability of a clause from that of the text, 0 to 1, and the scores of objects.

    Pictures never acquit: sellers choose them, so that an innocent one says nothing, and neither
    does a missing one.
    """
    if objects is None:
        return text
    shown = sum(
        weight * object_log_odds(objects.get(label, 0.0))
        for label, weight in fusion.objects.items()
    )
    both = _probability(fusion.offset + fusion.text * text_log_odds(text) + shown)
    return max(text, both)


def text_log_odds(probability: float) -> float:
    """What a fusion weighs of the text."""
    return _log_odds(probability, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)


def object_log_odds(score: float) -> float:
    """What a fusion weighs of an object."""
    return _log_odds(score, LEAST_SCORE, MOST_SCORE)


def _log_odds(share: float, least: float, most: float) -> float:
    cut = min(max(share, least), most)
    return log(cut / (1 - cut))


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))
