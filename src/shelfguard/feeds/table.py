"""Rows that are lists of cells under one header, as delimited text has them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from shelfguard.feeds.columns import Columns, Pairs
from shelfguard.feeds.fields import Target, identifier_type, ignored, licence_type
from shelfguard.feeds.json_values import attribute_pairs

_COMMA = re.compile(r"[,;\n]\s*(?=\S)")
_Named = tuple[str, Sequence[Any]]


class Table:
    """Cells by position; every target says which field its position fills."""

    def __init__(self, targets: Sequence[Target], warnings: Counter[str]) -> None:
        self.targets, self.warnings = targets, warnings
        self._titles = [i for i, t in enumerate(targets) if t[:2] == ("field", "title")]
        self._id = next((i for i, t in enumerate(targets) if t[:2] == ("field", "id")), None)

    def ids(self, rows: Sequence[Any]) -> Sequence[Any]:
        return [None] * len(rows) if self._id is None else list(map(itemgetter(self._id), rows))

    def titled(self, rows: Sequence[Any]) -> list[bool]:
        if len(self._titles) == 1:
            (at,) = self._titles
            return [bool(row[at]) and not str(row[at]).isspace() for row in rows]
        return [any(row[i] and str(row[i]).strip() for i in self._titles) for row in rows]

    def columns(self, rows: Sequence[Any]) -> Columns:
        cells = list(zip(*rows, strict=True)) if rows else [()] * len(self.targets)
        columns = Columns(len(rows))
        groups: dict[str, list[_Named]] = {}
        for target, values in zip(self.targets, cells, strict=True):
            if target.group == "label":
                self.warnings[ignored(target.name)] += len(rows)
            elif target.lang:
                columns.texts[target.name, target.lang] = values
            elif target.group == "field":
                columns.fields[target.name] = values
            else:
                for group, name in _places(target):
                    groups.setdefault(group, []).append((name, values))
        self._group(columns, groups)
        return columns

    def _group(self, columns: Columns, groups: dict[str, list[_Named]]) -> None:
        for name in ("attributes", "identifiers", "licence_ids"):
            if name in groups:
                columns.pairs[name] = Pairs.of_columns(groups[name])
        for name, read in _LISTS.items():
            if name in groups:
                columns.lists[name] = read(groups[name])
        if (packed := columns.fields.pop("attributes", None)) is not None:
            _unpack(columns, packed, groups)


def _places(target: Target) -> list[tuple[str, str]]:
    """Where a column goes: a licence number under an attribute's name counts as both."""
    places = [(target.group, target.name)]
    if target.group == "attributes":
        if kind := licence_type(target.name):
            places.append(("licence_ids", kind))
        if kind := identifier_type(target.name):
            places.append(("identifiers", kind))
    return places


def _texts(columns: Sequence[_Named]) -> list[list[str]]:
    """All parts of all cells of a row, in column order."""
    rows: list[list[str]] = [[] for _ in columns[0][1]]
    for _, values in columns:
        for row, value in zip(rows, values, strict=True):
            row += [value] if value else []
    return rows


def _parts(columns: Sequence[_Named]) -> list[list[str]]:
    """As `_texts`, with cells such as `a.jpg, b.jpg` taken apart."""
    return [
        [part.strip() for text in row for part in _COMMA.split(text) if part.strip()]
        for row in _texts(columns)
    ]


def _unpack(columns: Columns, packed: Sequence[Any], groups: dict[str, list[_Named]]) -> None:
    """Attributes that come as one JSON object a row, joined with attribute columns."""
    rows = [dict(attribute_pairs(value)) for value in packed]
    for group, kind_of in (("licence_ids", licence_type), ("identifiers", identifier_type)):
        found = [[(kind, v) for name, v in row.items() if (kind := kind_of(name))] for row in rows]
        for kind, values in groups.get(group, []):
            for pairs, value in zip(found, values, strict=True):
                pairs += [(kind, value)] if value else []
        columns.pairs[group] = Pairs.of_rows(found)
    for name, values in groups.get("attributes", []):
        for row, value in zip(rows, values, strict=True):
            row |= {name: value} if value else {}
    columns.pairs["attributes"] = Pairs.of_rows([list(row.items()) for row in rows])


_LISTS: dict[str, Callable[[Sequence[_Named]], Sequence[Any]]] = {
    "images": _parts,
    "certifications": _parts,
    "bullets": _texts,
    "fees": _texts,
}
