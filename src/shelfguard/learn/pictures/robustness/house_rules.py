"""Trial of the heads that judge the house rules on pictures, at their review thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from shelfguard.errors import ModelError
from shelfguard.images.detectors import build_detectors
from shelfguard.images.picture import Picture
from shelfguard.images.picture_heads import PictureHeads
from shelfguard.images.readings import Detector, Readings
from shelfguard.images.standards import ALONE, LEAST_SIDE, NO_TEXT, QUALITY
from shelfguard.learn.pictures.robustness.changed import Changed
from shelfguard.learn.pictures.robustness.drawn import drawn, report_sources
from shelfguard.learn.pictures.robustness.materials import Materials
from shelfguard.learn.pictures.robustness.trial import NOT_ASKED, Count, Subject, Trial
from shelfguard.learn.pictures.standards.kinds import KINDS, Kind

MODEL = "heads"

NEEDED = {
    ALONE: ("framing", "quality"),
    NO_TEXT: ("codes", "framing", "quality", "text"),
    QUALITY: ("quality", "text"),
}
"""The detectors that each clause is judged by."""

CUT_AWAY = {
    *("small product", "several products", "badge", "code laid over", "border"),
    *("text beside or over", "text in second place"),
}
"""Kinds whose violation may be gone, or begin to be none, once the edges are cut off."""


def trial(materials: Materials) -> Trial:
    """Drawn pictures of every kind that violates a clause.

    Raises:
        DataError: no font is installed.
        ModelError: the pack has no such heads, or a network is not installed.
    """
    file = materials.model(MODEL)
    heads = PictureHeads.load(file)
    limits = {clause: head.review.threshold for clause, head in heads.heads.items()}
    known = {clause: limit for clause, limit in limits.items() if limit is not None}
    if not known:
        raise ModelError("no head has a review threshold", file=file, fix="Train it again")
    about = {
        clause: f"drawn violations over the review threshold {limit:.3f}"
        for clause, limit in known.items()
    }
    rules = HouseRules(heads, known, build_detectors({*NEEDED[NO_TEXT]}, {}))
    return Trial(about, rules.subjects(materials))


@dataclass(frozen=True, slots=True)
class HouseRules:
    """Heads, their review thresholds by clause, and the detectors that they need."""

    heads: PictureHeads
    limits: Mapping[str, float]
    detectors: Mapping[str, Detector]

    def subjects(self, materials: Materials) -> Iterator[Subject]:
        """About half of `most`, since reading takes long; as many of each kind."""
        kinds = [kind for kind in KINDS if {*kind.violates} & {*self.limits}]
        sources = report_sources(materials.photos)
        for number in range(max(1, materials.most // (2 * len(kinds)))):
            for kind in kinds:
                name = f"{kind.name} {number}"
                picture = drawn(kind.draw, name, sources)
                yield Subject(name, picture, partial(self._judge, kind))

    def _judge(self, kind: Kind, changed: Changed) -> dict[str, Count]:
        clauses = [clause for clause in kind.violates if clause in self.limits]
        if not is_kept(kind, changed):
            return dict.fromkeys(clauses, NOT_ASKED)
        return {clause: Count(self._is_found(clause, kind, changed.picture)) for clause in clauses}

    def _is_found(self, clause: str, kind: Kind, picture: Picture) -> int:
        values = {name: self.detectors[name].read(picture) for name in NEEDED[clause]}
        readings = Readings(picture.sha256, picture.width, picture.height, **values)
        judged = self.heads.judge(readings, is_main=kind.is_main)
        return int(judged[clause] >= self.limits[clause])


def is_kept(kind: Kind, changed: Changed) -> bool:
    """Whether a picture still violates what its kind does."""
    if kind.name == "too few pixels":
        return max(changed.picture.width, changed.picture.height) < LEAST_SIDE
    return not (changed.is_cut and kind.name in CUT_AWAY)
