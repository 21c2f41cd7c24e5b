"""Listings made of a written text and a real picture, as a fusion learns from them.

No public set holds violating listings with their pictures. So texts and pictures that no model
learned from are put together by chance, at the shares that are named here: what a fusion is said to
be worth holds for such listings.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Scores = Mapping[str, float]
"""The likeliest object of each label in a picture."""


class Wording(StrEnum):
    """What a text is under the clause in question."""

    VIOLATES = "violates"
    LOOKS_ALIKE = "looks_alike"
    ORDINARY = "ordinary"


GUN, OTHER, NONE = "gun", "other", "none"

SHOWN = {
    Wording.VIOLATES: {GUN: 0.7, OTHER: 0.2, NONE: 0.1},
    Wording.LOOKS_ALIKE: {GUN: 0.2, OTHER: 0.7, NONE: 0.1},
    Wording.ORDINARY: {GUN: 0.05, OTHER: 0.85, NONE: 0.1},
}
"""How often a text comes with which picture. A look-alike shows a gun as a holster's or a toy's
picture does, and stays legal; an ordinary text with a gun in its picture sells it under cover."""


@dataclass(frozen=True, slots=True)
class Text:
    """A listing's text: what the text model says of it, and what it is."""

    name: str
    probability: float
    wording: Wording


@dataclass(frozen=True, slots=True)
class Pictures:
    """Scores of pictures by what they show, each with the source that it comes from."""

    guns: Sequence[tuple[str, Scores]]
    others: Sequence[tuple[str, Scores]]


@dataclass(frozen=True, slots=True)
class Paired:
    """One made listing; `objects` is None where it has no picture."""

    text: Text
    source: str
    objects: Scores | None
    violates: bool


def paired(
    texts: Sequence[Text], pictures: Pictures, times: int, rng: random.Random
) -> Iterator[Paired]:
    """Each text so many times, with pictures drawn anew."""
    for text in texts:
        shares = SHOWN[text.wording]
        for shown in rng.choices(list(shares), list(shares.values()), k=times):
            covert = text.wording is Wording.ORDINARY and shown == GUN
            violates = text.wording is Wording.VIOLATES or covert
            if shown == NONE:
                yield Paired(text, text.name, None, violates)
            else:
                source, scores = rng.choice(pictures.guns if shown == GUN else pictures.others)
                yield Paired(text, source, scores, violates)
