"""The labelled listings of a pack: unit cases and training examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, PrivateAttr, ValidationError

from shelfguard.errors import PackError
from shelfguard.listing import Record
from shelfguard.policy.pack import Pack, Strict
from shelfguard.policy.schema import BrokenPackError, row_problem

Kind = Literal["positive", "evasive", "hard_negative", "benign"]
KINDS: tuple[Kind, ...] = ("positive", "evasive", "hard_negative", "benign")
VIOLATING: tuple[Kind, ...] = ("positive", "evasive")


class Row(Strict):
    """One labelled listing. `near` is the clause that it was written for."""

    model_config = ConfigDict(strict=True)

    id: str
    lang: str
    title: str
    description: str | None = None
    brand: str | None = None
    category: str | None = None
    price: float | None = None
    currency: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    seller_id: str | None = None
    violates: list[str]
    kind: Kind
    near: str | None = None
    _place: tuple[Path, int] = PrivateAttr((Path(), 0))

    @property
    def file(self) -> Path:
        return self._place[0]

    @property
    def line(self) -> int:
        return self._place[1]

    @classmethod
    def from_json(cls, text: bytes, file: Path, line: int) -> Row:
        row = cls.model_validate_json(text)
        row._place = file, line
        return row

    def record(self) -> Record:
        """The listing alone, without its labels, as a batch takes it."""
        return {
            "id": self.id,
            "seller": {"id": self.seller_id} if self.seller_id else None,
            "title": {self.lang: self.title},
            "description": {self.lang: self.description} if self.description else None,
            "brand": self.brand,
            "category": {"path": self.category} if self.category else None,
            "price": self.price,
            "currency": self.currency,
            "attributes": self.attributes,
        }

    @property
    def text(self) -> str:
        """Title and description."""
        return "\n".join(filter(None, (self.title, self.description)))

    @property
    def words(self) -> str:
        """All text of the listing, a field a line."""
        others = (self.brand, self.category, *self.attributes.values())
        return "\n".join(filter(None, (self.text, *others)))


def read_cases(pack: Pack) -> list[Row]:
    """The unit cases of `cases/*.jsonl`: never trained on."""
    return read_rows(pack, "cases")


def read_examples(pack: Pack) -> list[Row]:
    """The training examples of `examples/*.jsonl`."""
    return read_rows(pack, "examples")


def read_rows(pack: Pack, folder: str) -> list[Row]:
    """All rows of one folder of the pack, in file and line order.

    Raises:
        PackError: rows break the schema or name clauses not in the pack; all, one a line.
    """
    rows: list[Row] = []
    problems: list[PackError] = []
    for file in sorted((pack.root / folder).glob("*.jsonl")):
        for number, line in enumerate(file.read_bytes().splitlines(), 1):
            try:
                rows.append(Row.from_json(line, file, number))
            except ValidationError as error:
                name, problem = row_problem(error, Row)
                problems.append(PackError(problem, file=file, line=number, field=name))
    problems += _inconsistencies(rows, pack)
    if problems:
        raise BrokenPackError(problems)
    return rows


def _inconsistencies(rows: list[Row], pack: Pack) -> Iterator[PackError]:
    """Labels that contradict the pack, the row's kind, or another row."""
    first: dict[str, Row] = {}
    for row in rows:
        for name, problem in _label_problems(row, pack):
            yield PackError(problem, file=row.file, line=row.line, field=name)
        if (other := first.setdefault(row.id, row)) is not row:
            problem = f"'{row.id}' is also in {other.file.name}:{other.line}"
            yield PackError(problem, file=row.file, line=row.line, field="id")


def _label_problems(row: Row, pack: Pack) -> Iterator[tuple[str, str]]:
    """(field, problem)"""
    for clause in row.violates:
        if clause not in pack.clauses:
            yield "violates", f"no clause {clause} in the pack"
    if row.near is not None and row.near not in pack.clauses:
        yield "near", f"no clause {row.near} in the pack"
    if (row.kind in VIOLATING) != bool(row.violates):
        yield "violates", f"{row.violates} does not go with kind {row.kind}"
