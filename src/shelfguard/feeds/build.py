"""Columns of plain values to a Batch: defaults, languages, prices, sellers, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.feeds.arrays import pairs, paths, strings, struct, text_map
from shelfguard.feeds.columns import Columns
from shelfguard.feeds.language import detect_language, language_tag
from shelfguard.feeds.lists import bullets, lists
from shelfguard.feeds.values import amounts
from shelfguard.listing import LISTING_SCHEMA, UNDETERMINED, Batch

_STRINGS = ("brand", "manufacturer", "condition", "age_group", "origin_country", "ships_from")
_PRICES: tuple[str, ...] = ("sale_price", "price", "compare_at")
_Values = Sequence[Any]
_Arrays = dict[str, pa.Array]


@dataclass(slots=True)
class Builder:
    """Builds the batches of one feed; `lang` and `market` stand in where rows say nothing."""

    format: str
    uri: str
    lang: str | None = None
    market: str | None = None
    warnings: Counter[str] = field(default_factory=Counter)

    def build(self, ids: Sequence[str], numbers: Sequence[int], columns: Columns) -> Batch:
        """One batch; `ids`, `numbers` and the columns belong together row by row."""
        source = struct(
            "source",
            format=pa.repeat(self.format, columns.size),
            uri=pa.repeat(self.uri, columns.size),
            row=pa.array(numbers, pa.int64()),
            revision=strings(columns.fields.get("revision", [None] * columns.size)),
        )
        return self.build_from(source, ids, columns)

    def build_from(self, source: pa.Array, ids: Sequence[str], columns: Columns) -> Batch:
        """The same, where `source` says in the schema's own terms where each row was read."""
        fields = columns.fields
        arrays = {name: strings(fields[name]) for name in _STRINGS if name in fields}
        arrays |= {"id": pa.array(ids, pa.string()), "source": source}
        arrays |= self._texts(columns) | self._prices(fields) | pairs(columns) | lists(columns)
        arrays |= self._places(fields, columns.size)
        return Batch.from_columns(_unknown(columns.size) | arrays)

    def _texts(self, columns: Columns) -> _Arrays:
        """Title and description by language: the row's own, else the feed's, else detected."""
        unknown: list[str | None] = [None] * columns.size
        titles, descriptions, langs = (
            columns.fields.get(name, unknown) for name in ("title", "description", "lang")
        )
        if "lang" in columns.fields or self.lang:
            tags = [self._tag(lang) or self.lang for lang in langs]
        else:
            tags = list(unknown)
        detected = [
            (tag, tag) if tag else _languages(title, description)
            for tag, title, description in zip(tags, titles, descriptions, strict=True)
        ]
        arrays = {
            "title": text_map(columns, "title", titles, [pair[0] for pair in detected]),
            "description": text_map(
                columns, "description", descriptions, [pair[1] for pair in detected]
            ),
        }
        if "bullets" in columns.lists:
            langs = [pair[0] for pair in detected]
            arrays["bullets"] = bullets(columns.lists["bullets"], langs)
        return arrays

    def _tag(self, lang: Any) -> str | None:
        if lang is None or isinstance(lang, str):
            return language_tag(lang)
        self.warnings["lang is no text and was ignored"] += 1
        return None

    def _prices(self, fields: dict[str, _Values]) -> _Arrays:
        names = [name for name in _PRICES if name in fields]
        found = {name: self._amounts(name, fields[name]) for name in names}
        numbers = {name: values for name, (values, _) in found.items()}
        if "sale_price" in numbers:
            _apply_sale(numbers, numbers.pop("sale_price"))
        arrays = {name: pa.array(values, pa.float64()) for name, values in numbers.items()}
        codes = [strings(values) for _, values in found.values() if values is not None]
        if "currency" in fields:
            codes.insert(0, pc.utf8_upper(strings(fields["currency"])))
        if codes:
            arrays["currency"] = pc.coalesce(*codes)
        return arrays

    def _amounts(self, name: str, values: _Values) -> tuple[list[float | None], _Values | None]:
        numbers, codes, failed = amounts(values)
        if failed:
            self.warnings[f"{name} not understood and left unknown"] += failed
        return numbers, codes

    def _places(self, fields: dict[str, _Values], size: int) -> _Arrays:
        """Seller, market and category."""
        arrays: _Arrays = {}
        sellers = strings(fields.get("seller_id", [None] * size))
        if sellers.null_count:
            self.warnings["seller is missing"] += sellers.null_count
        if sellers.null_count < size:
            types = strings(fields.get("seller_type", [None] * size))
            arrays["seller"] = struct("seller", id=sellers, type=types)
        if "market" in fields or self.market:
            markets = strings(fields.get("market", [None] * size))
            arrays["market"] = markets.fill_null(self.market) if self.market else markets
        if "category" in fields:
            taxonomy = strings(fields.get("taxonomy", [None] * size))
            path = paths(fields["category"])
            arrays["category"] = struct("category", path=path, taxonomy=taxonomy)
        return arrays


@lru_cache(maxsize=16)
def _unknown(size: int) -> _Arrays:
    """Every column of the schema without any value, in its order."""
    return {f.name: pa.nulls(size, f.type) for f in LISTING_SCHEMA}


def _languages(title: Any, description: Any) -> tuple[str, str]:
    """The languages of both texts; a text too short to tell takes the other's."""
    first, second = _detected(title), _detected(description)
    if first == UNDETERMINED:
        first = second
    return first, first if second == UNDETERMINED else second


def _detected(text: Any) -> str:
    """The language of a text; of texts by language, that of the one that names none."""
    if isinstance(text, str):
        return detect_language(text)
    return _detected(text.get("")) if isinstance(text, Mapping) else UNDETERMINED


def _apply_sale(numbers: dict[str, list[float | None]], sale: list[float | None]) -> None:
    """A sale price is what is charged; the price beside it is what it is compared with."""
    price = numbers.get("price", [None] * len(sale))
    before = numbers.get("compare_at", [None] * len(sale))
    rows = list(zip(sale, price, before, strict=True))
    numbers["price"] = [p if s is None else s for s, p, _ in rows]
    numbers["compare_at"] = [b if b is not None or s is None else p for s, p, b in rows]
