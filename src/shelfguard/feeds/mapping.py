"""Mapping files: which column of an unknown feed fills which field.

delimiter: "^"
columns:
  Bezeichnung: title
  Titre FR: title.fr
  Artikelnr: id
  EAN-Code: identifiers.ean
  Werkstoff: attributes.material
  Lagerplatz: ignore
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from shelfguard.errors import FeedError
from shelfguard.feeds.fields import FIELDS, LISTS, Target

_GROUPS = ("attributes", "identifiers", "licence_ids")
_KEYS = ("columns", "delimiter")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Column names to targets, and the delimiter where it cannot be guessed."""

    columns: dict[str, Target] = field(default_factory=dict)
    delimiter: str | None = None


def load_mapping(path: Path) -> Mapping:
    """The mapping of one YAML file.

    Raises:
        FeedError: naming the line and key that is not understood.
    """
    entries = {key.value: (key, value) for key, value in _entries(_compose(path), path)}
    for name, (key, _) in entries.items():
        if name not in _KEYS:
            raise _error(path, key, f"key '{name}' is not known", f"Use {' and '.join(_KEYS)}.")
    if "columns" not in entries:
        raise FeedError("has no columns", file=path, fix="Add `columns:` with column: field.")
    columns = {
        key.value: _target(path, key, _text(path, key, value))
        for key, value in _entries(entries["columns"][1], path)
    }
    delimiter = _delimiter(path, *entries["delimiter"]) if "delimiter" in entries else None
    return Mapping(columns, delimiter)


def _compose(path: Path) -> yaml.Node | None:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise FeedError(f"mapping cannot be read ({error})", file=path) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise FeedError(f"is not YAML: {error.problem}", file=path, line=line) from None
    except yaml.YAMLError as error:
        raise FeedError(f"is not YAML: {error}", file=path) from None


def _entries(node: Any, path: Path) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else [(node, None)]
    for key, value in pairs:
        if value is None or not isinstance(key, yaml.ScalarNode):
            line = key.start_mark.line + 1 if key else 1
            raise FeedError("expected `name: value` pairs", file=path, line=line)
        yield key, value


def _text(path: Path, key: yaml.ScalarNode, value: yaml.Node) -> str:
    if not isinstance(value, yaml.ScalarNode):
        raise _error(path, key, "its value is not one text", "Write it as `name: value`.")
    return str(value.value)


def _delimiter(path: Path, key: yaml.ScalarNode, value: yaml.Node) -> str:
    text = _text(path, key, value)
    if len(text) != 1:
        raise _error(path, key, "delimiter is not one character", None)
    return text


def _target(path: Path, key: yaml.ScalarNode, text: str) -> Target:
    """`title`, `title.fr`, `attributes.colour`, `images` or `ignore`."""
    group, _, name = text.partition(".")
    if text == "ignore":
        return Target("ignored", key.value)
    if group in _GROUPS and name:
        return Target(group, name)
    if group in FIELDS and (not name or group in ("title", "description")):
        return Target("field", group, name or None)
    if text in set(LISTS.values()):
        return Target(text, key.value)
    fields = ", ".join([*FIELDS, *sorted(set(LISTS.values())), *(f"{g}.NAME" for g in _GROUPS)])
    raise _error(path, key, f"'{text}' is no field of a listing", f"Use one of {fields}, ignore.")


def _error(path: Path, key: yaml.ScalarNode, problem: str, fix: str | None) -> FeedError:
    line = key.start_mark.line + 1
    return FeedError(problem, file=path, line=line, field=key.value, fix=fix)
