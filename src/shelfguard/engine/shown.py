"""What pictures show against a listing: findings that no model weighs, and evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shelfguard.decision import Evidence, Outcome, RunLengths
from shelfguard.engine.sight import Sight
from shelfguard.engine.vision import Vision
from shelfguard.images.codes import Code
from shelfguard.images.picture import Box
from shelfguard.images.readings import Readings
from shelfguard.listing import Batch
from shelfguard.policy.pack import Clause, Pack
from shelfguard.signals.picture_text import Place

GTIN_DIFFERS, NUDITY = "gtin-differs", "nudity"

LIKELY_NUDE = 0.8
"""Above this, the network's makers call a picture very likely not safe (see `sensitive`)."""

RETAIL_CODES = frozenset({"EAN-13", "EAN-8", "UPC-A", "UPC-E"})
"""Standards whose content is a product's number (GS1 General Specifications, section 5.2)."""

NOTABLE_OBJECT = 0.3
"""An object is shown as evidence from this score upwards."""


class Shown:
    """What one batch's pictures show under the clauses of a pack."""

    def __init__(self, vision: Vision, sight: Sight, pack: Pack, batch: Batch) -> None:
        self._vision, self._sight, self._pack = vision, sight, pack
        self._identifiers = batch.table.column("identifiers").to_pylist()
        self._places: dict[int, list[Place]] = {}
        for place in sight.readings:
            self._places.setdefault(place[0], []).append(place)

    def findings(self) -> Iterator[tuple[int, str, Outcome]]:
        """(row, clause, outcome) of what no model weighs: a person must look.

        A picture that a bank knows under a clause of zero tolerance is escalated.
        """
        for place, readings in self._sight.readings.items():
            for rule, clause in self._vision.use.rules.items():
                if clause in self._pack.clauses and self._breaks(rule, place, readings):
                    yield place[0], clause, Outcome.REVIEW
        for (row, _), matches in self._sight.matches.items():
            for bank in {each.bank for each in matches}:
                for known in self._clauses_of(bank):
                    yield row, known.id, _outcome(known)

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
            if own != clause or not self._breaks(rule, place, readings):
                continue
            if rule == NUDITY and readings.nudity:
                yield _region(place, readings, NUDITY, NUDITY, weight=readings.nudity.probability)
            for code in self._other_products(place, readings):
                yield _region(place, readings, "codes", rule, code.box, quote=code.text)

    def _from_objects(self, place: Place, readings: Readings, clause: str) -> Iterator[Evidence]:
        fusion = self._vision.fusions.get(clause)
        for each in readings.objects.found if fusion and readings.objects else ():
            if fusion and fusion.objects.get(each.label, 0) > 0 and each.score >= NOTABLE_OBJECT:
                yield _region(
                    place, readings, "objects", each.label, each.box, weight=round(each.score, 4)
                )

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

    def _breaks(self, rule: str, place: Place, readings: Readings) -> bool:
        if rule == NUDITY:
            return readings.nudity is not None and readings.nudity.probability >= LIKELY_NUDE
        return bool(self._other_products(place, readings))

    def _other_products(self, place: Place, readings: Readings) -> Sequence[Code]:
        """The retail codes that number another product than the listing says."""
        known = self._identifiers[place[0]] or ()
        own = {_digits(each["value"]) for each in known if each["valid"]}
        found = readings.codes.codes if readings.codes else ()
        return [c for c in found if own and c.kind in RETAIL_CODES and _digits(c.text) not in own]

    def _clauses_of(self, bank: str) -> list[Clause]:
        cards = {each.card.name: each.card for each in self._vision.banks}
        return [self._pack.clauses[c] for c in cards[bank].clauses if c in self._pack.clauses]


def _outcome(clause: Clause) -> Outcome:
    return Outcome.ESCALATE if clause.action == Outcome.ESCALATE else Outcome.REVIEW


def _digits(number: str) -> str:
    """A GTIN of any length as one of 14 digits."""
    return "".join(filter(str.isdigit, number)).zfill(14)


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
