"""Rows that are plain values under the fields' names: JSON, XML and pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from shelfguard.feeds.chunk import Quarantined
from shelfguard.feeds.columns import Columns, Pairs, Rows
from shelfguard.feeds.fields import Target, identifier_type, ignored, licence_type, plan
from shelfguard.feeds.json_values import attribute_pairs, missing, plain

Draft = dict[str, Any]
"""Field name to value; `title`, `description` and `bullets` may be {language: text or texts};
`attributes` is a dict, `identifiers` a list of (type, value), `images` a list of URIs or
{uri, alt}, `fees` one of texts or {name, amount}."""

_PLANS = 1024
LONGEST_PLAN = 8192
"""Characters of the keys of a plan that is remembered: a client's may have megabytes."""

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
    texts = title.values() if isinstance(title, dict) else [title]
    return any(bool(t.strip()) if isinstance(t, str) else not missing(t) for t in texts)


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
            if target.group == "label":
                self.warnings[ignored(target.name)] += 1
            elif target.group != "ignored" and not missing(value):
                _put(draft, target, value)
        return lift(draft)

    def _plan(self, keys: tuple[str, ...]) -> list[Target]:
        if len(self._plans) >= _PLANS:
            self._plans.clear()
        targets = plan(keys, self.mapping)
        if sum(map(len, keys)) <= LONGEST_PLAN:
            self._plans[keys] = targets
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
        draft[name] = _by_language(draft.get(name)) | {lang: plain(value)}
    elif group == "field":
        _put_field(draft, name, value)
    elif group == "attributes":
        draft["attributes"][name] = plain(value)
    elif group in _PAIRS:
        draft.setdefault(group, []).extend(
            (name, plain(v)) for v in _several(value) if not missing(v)
        )
    elif group == "bullets":
        for tag, texts in _by_language(value).items():
            draft.setdefault(group, {}).setdefault(tag, []).extend(_several(texts))
    else:
        draft.setdefault(group, []).extend(_several(value))


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _by_language(value: Any) -> dict[str, Any]:
    """Language to what is written in it; what names none is under the empty tag."""
    return value if isinstance(value, dict) else {} if missing(value) else {"": value}


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
    elif isinstance(draft.get(name), dict):
        draft[name] = _by_language(value) | draft[name]
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
