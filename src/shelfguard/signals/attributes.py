"""Facts of a listing that rules turn on: quantities, licence numbers, prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from shelfguard.short_cache import short_cache
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.brands import FLOORS, floor_price
from shelfguard.signals.facts import FACTS, Fact
from shelfguard.signals.fold import fold_texts
from shelfguard.signals.identifiers import (
    CLUES,
    IDENTIFIERS,
    MARKS,
    find_identifiers,
    judge,
    named_by,
)
from shelfguard.signals.phrases import Clues
from shelfguard.signals.quantities import quantities

_REACH = 26
_AFTER_NAME = 60
_KEYED = "attributes."
_TOO_CHEAP = 0.6
_REFERENCE = 4.0

Meaning = tuple[Fact, ...] | str | None
"""The facts that a cue word announces, a costly brand, or None for an identifier's name."""
Find = tuple[str, int, int]


class Attributes:
    """Reads quantities beside their cue words, identifiers by their names, and prices."""

    name = "attributes"
    version = "1"
    features: Sequence[str] = tuple(
        f"attributes:{what}"
        for what in (
            *chain.from_iterable(fact.buckets() for fact in FACTS),
            *(which.name for which in IDENTIFIERS),
            *(f"{which.name}-malformed" for which in IDENTIFIERS),
            *MARKS,
            *("gtin-invalid", "price-below-brand", "reference-price", "mandatory-fee"),
        )
    )

    def __init__(self) -> None:
        brands = {brand: brand for brand in FLOORS}
        self._clues: Clues[Meaning] = Clues({**dict.fromkeys(CLUES), **brands, **_cues()})

    def run(self, derived: Derived) -> list[Hit]:
        """At most one hit for each listing and feature, text before columns."""
        hits: dict[tuple[int, str], Hit] = {}
        for hit in chain(self._in_texts(derived), _in_keys(derived), _in_columns(derived)):
            hits.setdefault((hit.row, hit.feature), hit)
        return list(hits.values())

    def _in_texts(self, derived: Derived) -> Iterator[Hit]:
        segments, folded = derived.segments, derived.folded
        brands: dict[int, str] = {}
        for place in self._clues.places(derived.joined):
            row = int(segments.rows[place.segment])
            if isinstance(place.meaning, str):
                if segments.fields[place.segment] in ("title", "brand"):
                    brands[row] = place.meaning
                continue
            for what, start, end in _near(
                folded[place.segment], place.start, place.end, place.meaning
            ):
                yield Hit(row, f"attributes:{what}", place.segment, start, end)
        if brands:
            yield from _underpriced(derived, brands)


def _cues() -> dict[str, Meaning]:
    cues: dict[str, tuple[Fact, ...]] = {}
    for fact in FACTS:
        for cue in fact.cues.split("|"):
            cues[cue] = (*cues.get(cue, ()), fact)
    return dict(cues)


def _near(text: str, start: int, end: int, facts: tuple[Fact, ...] | None) -> Iterator[Find]:
    """What stands beside a cue word at `start` to `end`."""
    if facts is None:
        yield from find_identifiers(text, start, end + _AFTER_NAME)
        return
    for fact in facts:
        found = quantities(text, fact.kind, fact.unit, (max(start - _REACH, 0), end + _REACH))
        nearest = min(found, key=lambda q: max(q.start - end, start - q.end), default=None)
        if nearest is not None:
            yield fact.bucket(nearest.magnitude), nearest.start, nearest.end


def _in_keys(derived: Derived) -> Iterator[Hit]:
    """Attributes whose key, not whose value, says what they are: `Blade length: 9 cm`."""
    column, segments = derived.batch.columns["attributes"], derived.segments
    if column.null_count == len(column):
        return
    for segment, field in enumerate(segments.fields):
        if not field.startswith(_KEYED):
            continue
        key, identifier, facts = _meaning(field[len(_KEYED) :])
        text, row = derived.folded[segment], int(segments.rows[segment])
        if identifier and (what := judge(identifier, text, key)):
            yield Hit(row, f"attributes:{what}", segment, 0, len(text), note=identifier)
        for fact in facts:
            for found in quantities(text, fact.kind, fact.unit):
                what = fact.bucket(found.magnitude)
                yield Hit(row, f"attributes:{what}", segment, found.start, found.end)
                break


@short_cache(1 << 14)
def _meaning(key: str) -> tuple[str, str | None, tuple[Fact, ...]]:
    """The folded name of an attribute, and the identifier or the quantities that it holds."""
    folded = fold_texts([key])[0].replace("_", " ")
    words = f" {folded} "
    facts = (f for f in FACTS if any(f" {cue} " in words for cue in f.cues.split("|")))
    return folded, named_by(folded), tuple(facts)


def _in_columns(derived: Derived) -> Iterator[Hit]:
    yield from _licences(derived)
    yield from _barcodes(derived)
    yield from _prices(derived)
    for row, fees in _filled(derived, "fees"):
        if fees:
            yield Hit(row, "attributes:mandatory-fee", field="fees", value=str(fees[0]["name"]))


def _filled(derived: Derived, name: str) -> Iterator[tuple[int, Any]]:
    """The rows in which a column has a value."""
    column = derived.batch.columns[name]
    if column.null_count == len(column):
        return
    yield from ((row, value) for row, value in enumerate(column.to_pylist()) if value is not None)


def _licences(derived: Derived) -> Iterator[Hit]:
    for row, licences in _filled(derived, "licence_ids"):
        for key, value in licences:
            folded, name, _ = _meaning(key)
            if name and value and (what := judge(name, fold_texts([value])[0], folded)):
                field = f"licence_ids.{key}"
                yield Hit(row, f"attributes:{what}", field=field, value=value)


def _barcodes(derived: Derived) -> Iterator[Hit]:
    for row, identifiers in _filled(derived, "identifiers"):
        for i, identifier in enumerate(identifiers):
            if identifier["valid"] is False:
                field, value = f"identifiers[{i}]", identifier["value"]
                yield Hit(row, "attributes:gtin-invalid", field=field, value=value)


def _prices(derived: Derived) -> Iterator[Hit]:
    prices = dict(_filled(derived, "price"))
    for row, reference in _filled(derived, "compare_at"):
        if 0 < prices.get(row, 0) * _REFERENCE < reference:
            value = str(reference)
            yield Hit(row, "attributes:reference-price", field="compare_at", value=value)


def _underpriced(derived: Derived, brands: dict[int, str]) -> Iterator[Hit]:
    """Costly brands at a fraction of what their cheapest genuine piece costs."""
    prices = dict(_filled(derived, "price"))
    segments = derived.segments
    for row, field, text in zip(
        segments.rows.tolist(), segments.fields, derived.folded, strict=True
    ):
        if field != "title" or row not in brands:
            continue
        price, floor = prices.get(row, 0), floor_price(brands[row], text)
        if floor is not None and 0 < price < floor * _TOO_CHEAP:
            note = f"{brands[row]}: {floor:g}"
            yield Hit(row, "attributes:price-below-brand", None, 0, 0, "price", str(price), note)
