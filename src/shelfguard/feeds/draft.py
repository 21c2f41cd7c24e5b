"""Rows that are plain values under the fields' names: JSON, XML and pages."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from shelfguard.feeds.chunk import Quarantined
from shelfguard.feeds.columns import Columns, Pairs, Rows
from shelfguard.feeds.fields import Target, identifier_type, licence_type, plan
from shelfguard.feeds.table import attribute_pairs, plain

Draft = dict[str, Any]
"""Field name to value; `title` and `description` may be {language: text}; `attributes` is a
dict, `identifiers` a list of (type, value), `images` a list of URIs or {uri, alt}."""

HALF = re.compile(r"\\u[dD][89a-fA-F]")
_PLANS = 1024
_PAIRS = ("identifiers", "licence_ids")
_LISTS = ("images", "bullets", "certifications", "fees")


class Item(NamedTuple):
    """One row, good or bad, with its line where the format has lines."""

    line: int | None
    row: Draft | Quarantined


class Drafts:
    """Rows as dicts."""

    def ids(self, rows: Sequence[Draft]) -> Sequence[Any]:
        return [row.get("id") for row in rows]

    def titled(self, rows: Sequence[Draft]) -> list[bool]:
        return [_has_text(row.get("title")) for row in rows]

    def columns(self, rows: Sequence[Draft]) -> Columns:
        columns = Columns(len(rows))
        for name in {name: None for row in rows for name in row}:
            values = [row.get(name) for row in rows]
            if name in _LISTS:
                columns.lists[name] = values
            elif name in _PAIRS:
                columns.pairs[name] = Pairs.of_rows(values)
            elif name != "attributes":
                columns.fields[name] = values
        columns.pairs["attributes"] = Pairs.of_rows(
            [list(row.get("attributes", {}).items()) for row in rows]
        )
        return columns


def _has_text(title: Any) -> bool:
    if isinstance(title, dict):
        return any(map(_has_text, title.values()))
    return title is not None and bool(str(title).strip())


def gather(items: Iterable[Item], size: int) -> Iterator[Rows]:
    """Rows in runs of `size`, numbered from 1."""
    rows = Rows(Drafts(), [], [], [], [])
    for number, (line, row) in enumerate(items, start=1):
        if isinstance(row, Quarantined):
            rows.bad.append(replace(row, row=number))
        else:
            rows.rows.append(row)
            rows.numbers.append(number)
            rows.lines.append(line)
        if len(rows) == size:
            yield rows
            rows = Rows(Drafts(), [], [], [], [])
    if len(rows):
        yield rows


class Flat:
    """Turns flat JSON objects into drafts by the names of their keys."""

    def __init__(self, mapping: Mapping[str, Target], warnings: Counter[str]) -> None:
        self.mapping, self.warnings = mapping, warnings
        self._plans: dict[tuple[str, ...], list[Target]] = {}

    def draft(self, record: Mapping[str, Any]) -> Draft:
        """The draft of one object.

        Raises:
            ValueError: a value is not text, number, list or object.
        """
        if self.mapping:
            record = dict(self._flatten(record))
        keys = tuple(record)
        targets = self._plans.get(keys)
        if targets is None:
            targets = self._plan(keys)
        draft: Draft = {"attributes": {}}
        for target, value in zip(targets, record.values(), strict=True):
            if target.group == "ignored":
                self.warnings[f"'{target.name}' is no part of a listing and was ignored"] += 1
            elif value is not None and value != "":
                _put(draft, target, value)
        return lift(draft)

    def _plan(self, keys: tuple[str, ...]) -> list[Target]:
        if len(self._plans) >= _PLANS:
            self._plans.clear()
        self._plans[keys] = targets = plan(keys, self.mapping)
        return targets

    def _flatten(self, record: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
        """Keys of nested objects joined with points, where the mapping names such a key."""
        for key, value in record.items():
            inner = f"{path}{key}."
            if isinstance(value, dict) and any(name.startswith(inner) for name in self.mapping):
                yield from self._flatten(value, inner)
            else:
                yield f"{path}{key}", value


def _put(draft: Draft, target: Target, value: Any) -> None:
    group, name, lang = target
    if isinstance(value, bytes):
        value = _decoded(name, value)
    if lang:
        texts = draft.get(name) or {}
        draft[name] = {**(texts if isinstance(texts, dict) else {"": texts}), lang: plain(value)}
    elif group == "field":
        _put_field(draft, name, value)
    elif group == "attributes":
        draft["attributes"][name] = plain(value)
    elif group in _PAIRS:
        values = value if isinstance(value, list) else [value]
        draft.setdefault(group, []).extend((name, plain(v)) for v in values)
    else:
        draft.setdefault(group, []).extend(value if isinstance(value, list) else [value])


def _decoded(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise ValueError(f"'{name}' holds bytes that are not text") from None


def _put_field(draft: Draft, name: str, value: Any) -> None:
    if name == "attributes":
        draft["attributes"].update(attribute_pairs(value))
    elif name == "seller_id" and isinstance(value, dict):
        draft |= {"seller_id": value.get("id") or value.get("name")}
        draft |= {"seller_type": value["type"]} if value.get("type") else {}
    elif name == "category" and isinstance(value, dict) and "path" in value:
        draft |= {"category": value["path"], "taxonomy": value.get("taxonomy")}
    elif name in ("title", "description") and isinstance(value, list):
        raise ValueError(f"'{name}' is a list, not text")
    else:
        draft[name] = value


def lift(draft: Draft) -> Draft:
    """Adds the licence numbers and identifiers that attributes carry under their names."""
    for name, value in draft.get("attributes", {}).items():
        if kind := licence_type(name):
            draft.setdefault("licence_ids", []).append((kind, value))
        if kind := identifier_type(name):
            draft.setdefault("identifiers", []).append((kind, value))
    return draft


def parse_json(text: str) -> Any:
    """A JSON value; raises ValueError also where it is nested too deep."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return mend(value) if HALF.search(text) else value


def mend(value: Any) -> Any:
    """The value with a question mark for every half of a surrogate pair, which is no text."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
