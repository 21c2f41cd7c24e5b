"""What a check reports, and what it looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

from shelfguard.policy.calibration import Calibration, read_calibration
from shelfguard.policy.document import Loc, read_document
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import Row, read_cases, read_examples

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend in a pack, and how."""

    severity: Severity
    code: str
    file: Path
    line: int | None
    clause: str | None
    message: str
    fix: str

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "file": str(self.file)}


class LexiconMatcher(Protocol):
    """The lexicon signal, as far as lint needs it."""

    def matches(self, texts: Sequence[str]) -> list[set[tuple[str, str]]]:
        """(clause, phrase) of every lexicon entry found, one set a text."""
        ...


class Subject:
    """A pack under lint, each part read once, when a check first asks for it."""

    def __init__(self, pack: Pack, today: date, matcher: LexiconMatcher | None = None) -> None:
        self.pack, self.today, self.matcher = pack, today, matcher

    @cached_property
    def cases(self) -> list[Row]:
        return read_cases(self.pack)

    @cached_property
    def examples(self) -> list[Row]:
        return read_examples(self.pack)

    @cached_property
    def calibration(self) -> Calibration | None:
        return read_calibration(self.pack)

    @cached_property
    def matches(self) -> list[tuple[Row, set[tuple[str, str]]]]:
        """Every case and example with the lexicon entries found in it."""
        rows = self.cases + self.examples
        found = self.matcher.matches([row.words for row in rows]) if self.matcher else []
        return list(zip(rows, found, strict=False))

    def at(self, name: str, loc: Loc = ()) -> tuple[Path, int]:
        """The file of the pack and the line of `loc` in it."""
        file = self.pack.root / name
        return file, read_document(file).line(loc)

    def at_clause(self, clause: str, *loc: str) -> tuple[Path, int]:
        (file,) = (self.pack.root / "clauses").glob(f"{clause}.y*ml")
        return self.at(f"clauses/{file.name}", loc)
