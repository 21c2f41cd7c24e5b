"""YAML files as plain values that remember their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from shelfguard.errors import PackError

Loc = tuple[str | int, ...]
"""Where a value stands in a document: keys and list positions from the top."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Document:
    """One YAML file: its value, the line of each part, and what was wrong with it."""

    file: Path
    value: Any = None
    lines: dict[Loc, int] = field(default_factory=dict)
    problems: list[PackError] = field(default_factory=list)

    def line(self, loc: Loc) -> int:
        """The line of `loc`, or of the nearest part around it that exists."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc, 1)

    def reject(self, loc: Loc, problem: str, fix: str | None = None) -> None:
        line, name = self.line(loc), dotted(loc) or None
        self.problems.append(PackError(problem, file=self.file, line=line, field=name, fix=fix))


def dotted(loc: Loc) -> str:
    """`("cite", 0, "url")` as `cite[0].url`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".")


def read_text(file: Path) -> str:
    """The text of a small UTF-8 file.

    Raises:
        PackError: the file cannot be read, is not UTF-8, or is over MAX_BYTES.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise PackError(f"larger than {MAX_BYTES:,} bytes", file=file)
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise PackError(f"cannot be read: {error.strerror}", file=file) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PackError("not UTF-8", file=file, line=line, fix="Save it as UTF-8") from error


def read_document(file: Path) -> Document:
    """Read one YAML mapping of safe plain types: no anchors, no tags, no duplicate keys."""
    document = Document(file)
    try:
        document.value = _Reader(document, read_text(file)).read_root()
    except PackError as error:
        document.problems.append(error)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = f"not YAML: {error.problem}"
        document.problems.append(PackError(problem, file=file, line=line))
    except yaml.YAMLError as error:
        problem = f"not YAML: {' '.join(str(error).split())}"
        document.problems.append(PackError(problem, file=file))
    return document


class _Reader:
    """Builds values from parser events.

    Events, not nodes: composing nodes recurses in C without a limit, so that a file of
    opening brackets would end the process.
    """

    def __init__(self, document: Document, text: str) -> None:
        self.document = document
        self.loader = LOADER(text)

    def read_root(self) -> Any:
        self.loader.get_event()
        if self.loader.check_event(yaml.StreamEndEvent):
            raise PackError("the file is empty", file=self.document.file)
        self.loader.get_event()
        if not self.loader.check_event(yaml.MappingStartEvent):
            raise self._error("must be a mapping of keys to values", ())
        value = self.read(())
        self.loader.get_event()
        if not self.loader.check_event(yaml.StreamEndEvent):
            raise self._error("a second YAML document starts here", ())
        return value

    def read(self, loc: Loc) -> Any:
        event = self.loader.get_event()
        self.document.lines.setdefault(loc, event.start_mark.line + 1)
        if event.anchor is not None:
            raise self._error("anchors and aliases are not allowed", loc, "Write the value out")
        if len(loc) > MAX_DEPTH:
            raise self._error(f"nested deeper than {MAX_DEPTH} levels", loc[:3])
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, loc)
        if event.tag is not None:
            raise self._error(f"tag {event.tag} is not allowed", loc, "Remove it")
        return self._mapping(loc) if isinstance(event, yaml.MappingStartEvent) else self._list(loc)

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        value: dict[str, Any] = {}
        while not self.loader.check_event(yaml.MappingEndEvent):
            line = self.loader.peek_event().start_mark.line + 1
            key = self._key(loc)
            here = (*loc, key)
            duplicate, first = key in value, self.document.lines.get(here)
            self.document.lines[here] = line
            if duplicate:
                self.document.reject(here, f"given twice, first on line {first}", "Keep one")
            value[key] = self.read(here)
        self.loader.get_event()
        return value

    def _key(self, loc: Loc) -> str:
        event = self.loader.peek_event()
        if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None:
            raise self._error("a key must be plain text", loc)
        key = self._scalar(self.loader.get_event(), loc)
        if not isinstance(key, str):
            self.document.reject(loc, f"key {event.value} is not text", "Put it in quotes")
        return str(key)

    def _list(self, loc: Loc) -> list[Any]:
        value: list[Any] = []
        while not self.loader.check_event(yaml.SequenceEndEvent):
            value.append(self.read((*loc, len(value))))
        self.loader.get_event()
        return value

    def _scalar(self, event: yaml.ScalarEvent, loc: Loc) -> Any:
        tag = event.tag or self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        node = yaml.ScalarNode(tag, event.value)
        try:
            return self.loader.construct_object(node)
        except ValueError as error:
            self.document.reject(loc, f"cannot read {event.value!r}: {error}")
            return None

    def _error(self, problem: str, loc: Loc, fix: str | None = None) -> PackError:
        event = self.loader.peek_event()
        line = event.start_mark.line + 1 if event else None
        return PackError(
            problem, file=self.document.file, line=line, field=dotted(loc) or None, fix=fix
        )
