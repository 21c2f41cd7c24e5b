"""What pictures show against a listing: findings that no model weighs, and evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shelfguard.decision import Evidence, Outcome, RunLengths
from shelfguard.engine.picture_rules import PictureRules
from shelfguard.engine.sight import Sight
from shelfguard.engine.vision import Vision
from shelfguard.images.picture import Box
from shelfguard.images.readings import Readings
from shelfguard.policy.pack import Clause, Pack
from shelfguard.signals.base import Derived
from shelfguard.signals.picture_text import Place

NOTABLE_OBJECT = 0.3
"""An object is shown as evidence from this score upwards."""


class Shown:
    """What one batch's pictures show under the clauses of a pack."""

    def __init__(self, vision: Vision, sight: Sight, pack: Pack, derived: Derived) -> None:
        self._vision, self._sight, self._pack = vision, sight, pack
        self._rules = PictureRules(vision.use, derived, vision.catalog)
        self._places: dict[int, list[Place]] = {}
        for place in sight.readings:
            self._places.setdefault(place[0], []).append(place)

    def findings(self) -> Iterator[tuple[int, str, Outcome]]:
        """(row, clause, outcome) of what no model weighs: a person must look.

        A picture that a bank knows under a clause of zero tolerance is escalated.
        """
        for place, readings in self._sight.readings.items():
            for rule, clause in self._vision.use.rules.items():
                known = clause in self._pack.clauses
                if known and self._rules.broken(rule, place[0], readings):
                    yield place[0], clause, Outcome.REVIEW
        for (row, _), matches in self._sight.matches.items():
            for bank in {each.bank for each in matches}:
                for cited in self._clauses_of(bank):
                    yield row, cited.id, _outcome(cited)

    def evidence(self, row: int, clause: str) -> list[Evidence]:
        """What pictures of a row show for a clause."""
        return [
            piece
            for place in self._places.get(row, ())
            for piece in self._of_picture(place, self._sight.readings[place], clause)
        ]

    def _of_picture(self, place: Place, readings: Readings, clause: str) -> Iterator[Evidence]:
        yield from self._from_banks(place, clause)
        yield from self._from_rules(place, readings, clause)
        yield from self._from_objects(place, readings, clause)
        yield from self._from_heads(place, readings, clause)
        yield from self._from_labels(place, readings, clause)

    def _from_banks(self, place: Place, clause: str) -> Iterator[Evidence]:
        for each in self._sight.matches.get(place, ()):
            if clause in {known.id for known in self._clauses_of(each.bank)}:
                yield Evidence(
                    "match",
                    "known",
                    _field(place),
                    picture=self._sight.readings[place].sha256,
                    bank=each.bank,
                    entry=each.entry,
                    distance=each.distance,
                )

    def _from_rules(self, place: Place, readings: Readings, clause: str) -> Iterator[Evidence]:
        for rule, own in self._vision.use.rules.items():
            for each in self._rules.broken(rule, place[0], readings) if own == clause else ():
                yield _region(
                    place,
                    readings,
                    each.signal,
                    each.note,
                    each.box,
                    quote=each.quote,
                    weight=each.weight,
                )

    def _from_objects(self, place: Place, readings: Readings, clause: str) -> Iterator[Evidence]:
        fusion = self._vision.fusions.get(clause)
        for each in readings.objects.found if fusion and readings.objects else ():
            if fusion and fusion.objects.get(each.label, 0) > 0 and each.score >= NOTABLE_OBJECT:
                yield _region(
                    place, readings, "objects", each.label, each.box, weight=round(each.score, 4)
                )

    def _from_labels(self, place: Place, readings: Readings, clause: str) -> Iterator[Evidence]:
        share = readings.labels.probabilities.get(clause, 0.0) if readings.labels else 0.0
        if readings.labels and share >= NOTABLE_OBJECT:
            like = readings.labels.nearest
            yield _region(place, readings, "labels", "most-like", quote=like, weight=share)

    def _from_heads(self, place: Place, readings: Readings, clause: str) -> Iterator[Evidence]:
        heads = self._vision.heads
        if heads is None or clause not in heads.clauses:
            return
        is_main = self._sight.is_main(place)
        for each in heads.findings(clause, readings, is_main=is_main):
            if each.mask:
                size = each.mask.height, each.mask.width
                runs = RunLengths(size, each.mask.counts)
                yield Evidence(
                    "mask",
                    "framing",
                    _field(place),
                    note=each.note,
                    picture=readings.sha256,
                    box=each.box.shares() if each.box else None,
                    mask=runs,
                )
            else:
                yield _region(place, readings, "image", each.note, each.box, quote=each.quote)

    def _clauses_of(self, bank: str) -> list[Clause]:
        cards = {each.card.name: each.card for each in self._vision.banks}
        return [self._pack.clauses[c] for c in cards[bank].clauses if c in self._pack.clauses]


def _outcome(clause: Clause) -> Outcome:
    return Outcome.ESCALATE if clause.action == Outcome.ESCALATE else Outcome.REVIEW


def _region(
    place: Place,
    readings: Readings,
    signal: str,
    note: str,
    box: Box | None = None,
    **more: Any,
) -> Evidence:
    return Evidence(
        "region",
        signal,
        _field(place),
        note=note,
        picture=readings.sha256,
        box=box.shares() if box else None,
        **more,
    )


def _field(place: Place) -> str:
    return f"images[{place[1]}]"
