"""What pictures show that no model weighs: each rule under the clause that a pack gives it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from shelfguard.images.banks.catalog import Catalog
from shelfguard.images.picture import Box
from shelfguard.images.readings import Readings
from shelfguard.policy.pack import PictureUse
from shelfguard.signals.base import Derived
from shelfguard.signals.fold import fold_texts

LIKELY_NUDE = 0.8
"""Above this, the network's makers call a picture very likely not safe (see `sensitive`)."""

BARE = re.compile(r"(.*GENITALIA|FEMALE_BREAST|BUTTOCKS|ANUS)_EXPOSED")
"""Labels of NudeNet for what MKT-ADT-001 names."""

LIKELY_BARE = 0.5
"""More likely than not: nothing was measured, since no lawful set is at hand."""

RETAIL_CODES = frozenset({"EAN-13", "EAN-8", "UPC-A", "UPC-E"})
"""Standards whose content is a product's number (GS1 General Specifications, section 5.2)."""

CLEAR_OBJECT = 0.8
"""Of pictures without weapons, 2.8 % show one above this score, 10 % above .5 (docs/models.md)."""


MOST_NAMED = 5
"""Other listings that evidence names."""


class Broken(NamedTuple):
    """What breaks a rule, and where in the picture."""

    signal: str
    note: str
    box: Box | None = None
    quote: str | None = None
    weight: float | None = None


class PictureRules:
    """The rules over one batch."""

    def __init__(self, use: PictureUse, derived: Derived, catalog: Catalog | None) -> None:
        self._derived, self._catalog = derived, catalog
        self._ids = derived.batch.ids()
        self._sellers = [
            (seller or {}).get("id") for seller in derived.batch.table.column("seller").to_pylist()
        ]
        self._identifiers = derived.batch.table.column("identifiers").to_pylist()
        self._names = {label: _pattern(names) for label, names in use.names.items()}
        self._rules: Mapping[str, Callable[[int, Readings], Iterator[Broken]]] = {
            "gtin-differs": self._other_products,
            "nudity": self._nudity,
            "unnamed-object": self._unnamed_objects,
            "repeated-picture": self._repeated,
        }

    def broken(self, rule: str, row: int, readings: Readings) -> list[Broken]:
        """What in a picture of a row breaks a rule."""
        return list(self._rules[rule](row, readings))

    def _nudity(self, row: int, readings: Readings) -> Iterator[Broken]:
        share = readings.nudity.probability if readings.nudity else 0.0
        if share >= LIKELY_NUDE:
            yield Broken("nudity", "nudity", weight=share)
        for part in readings.body_parts.parts if readings.body_parts else ():
            if BARE.fullmatch(part.label) and part.probability >= LIKELY_BARE:
                yield Broken("nudity", "nudity", part.box, part.label, part.probability)

    def _other_products(self, row: int, readings: Readings) -> Iterator[Broken]:
        """Retail codes that number another product than the listing says."""
        known = self._identifiers[row] or ()
        own = {_digits(each["value"]) for each in known if each["valid"]}
        for code in readings.codes.codes if own and readings.codes else ():
            if code.kind in RETAIL_CODES and _digits(code.text) not in own:
                yield Broken("codes", "gtin-differs", code.box, code.text)

    def _unnamed_objects(self, row: int, readings: Readings) -> Iterator[Broken]:
        """Objects that the listing's own words name nowhere."""
        for each in readings.objects.found if readings.objects else ():
            names = self._names.get(each.label)
            if names and each.score >= CLEAR_OBJECT and not names.search(self._words(row)):
                yield Broken("objects", each.label, each.box, weight=round(each.score, 4))

    def _repeated(self, row: int, readings: Readings) -> Iterator[Broken]:
        """The same picture on other products of the seller."""
        seller, own = self._sellers[row], self._ids[row]
        others = self._catalog.others(readings.sha256, seller, own) if self._catalog else ()
        if others:
            yield Broken("known", "repeated-picture", quote=", ".join(others[:MOST_NAMED]))

    def _words(self, row: int) -> str:
        rows = (self._derived.segments.rows == row).nonzero()[0]
        return "\n".join(self._derived.folded[segment] for segment in rows)


def _pattern(names: list[str]) -> re.Pattern[str]:
    """Any of the names as a word of folded text, in singular or plural."""
    folded = "|".join(map(re.escape, fold_texts(names)))
    return re.compile(rf"\b(?:{folded})(?:s|x|es)?\b")


def _digits(number: str) -> str:
    """A GTIN of any length as one of 14 digits."""
    return "".join(filter(str.isdigit, number)).zfill(14)
