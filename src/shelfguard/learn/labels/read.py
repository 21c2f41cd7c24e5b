"""Read label files into one table, or say everything that is wrong with them at once."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shelfguard.errors import DataError
from shelfguard.learn.labels.files import form_of, read_rows, write_rows
from shelfguard.learn.labels.label import LABEL_SCHEMA, Answer, Source
from shelfguard.policy.schema import row_problem

EVERY = "*"
"""In place of a clause: every clause of the pack but those that the annotator names elsewhere."""

SHOWN = 20
"""Problems listed in one message."""


def _moment(value: Any) -> datetime:
    """A time with a zone; a date alone is its midnight in UTC."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time needs its zone, such as 2026-11-28T14:05:00Z")
        return value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise ValueError("must be a date or time as ISO 8601 writes it")


class Label(BaseModel):
    """One label as files hold it. What else a row holds, such as the listing, is passed over."""

    model_config = ConfigDict(frozen=True)

    listing_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    clause: Annotated[str, Field(min_length=1)]
    answer: Answer
    source: Source
    annotator: Annotated[str, Field(pattern=r"^\S(.*\S)?$")]
    sampling_prob: Annotated[float, Field(gt=0, le=1)]
    as_of: Annotated[datetime, BeforeValidator(_moment)]


class Placed(NamedTuple):
    """A label and where it stands."""

    label: Label
    file: Path
    line: int


Key = tuple[str, str, str]
"""(listing, clause, annotator)"""


def read_labels(files: Iterable[Path], clauses: Collection[str] | None = None) -> pa.Table:
    """The labels of Parquet, JSONL and CSV files as a table of LABEL_SCHEMA, sorted.

    Where one annotator answered one question several times, the latest `as_of` counts. With
    `clauses`, no other clause may be named, and an `ok` or `unsure` under `*` stands for every
    clause that the annotator does not name for the listing: "I read it against them all".

    Raises:
        DataError: a file cannot be read; or rows are invalid or contradict each other, the
            first 20 in one message with file, line and field.
    """
    problems: list[DataError] = []
    latest: dict[Key, Placed] = {}
    for found in _labels(files, clauses, problems):
        _keep_latest(latest, found, problems)
    if problems:
        raise _all_of(problems)
    return _table(_spelt_out([found.label for found in latest.values()], clauses or ()))


def write_labels(table: pa.Table, file: Path) -> None:
    """Write a table of LABEL_SCHEMA as Parquet, JSONL or CSV, as the file's name says."""
    labels = table.select(LABEL_SCHEMA.names).cast(LABEL_SCHEMA)
    if form_of(file) == "parquet":
        pq.write_table(labels, file)
        return
    rows = [{**row, "as_of": row["as_of"].isoformat()} for row in labels.to_pylist()]
    write_rows(rows, file, LABEL_SCHEMA.names)


def _labels(
    files: Iterable[Path], clauses: Collection[str] | None, problems: list[DataError]
) -> Iterator[Placed]:
    for file in files:
        for line, values in read_rows(file, LABEL_SCHEMA.names):
            try:
                label = _label(values, clauses)
            except DataError as e:
                found = DataError(e.problem, file=file, line=line, field=e.field, fix=e.fix)
                problems.append(found)
            else:
                yield Placed(label, file, line)


def _label(values: dict[str, Any] | str, clauses: Collection[str] | None) -> Label:
    if isinstance(values, str):
        raise DataError(values)
    try:
        label = Label.model_validate(values)
    except ValidationError as error:
        field, problem = row_problem(error, Label)
        raise DataError(problem, field=field) from error
    if label.clause == EVERY:
        _check_every(label, clauses)
    elif clauses is not None and label.clause not in clauses:
        near = difflib.get_close_matches(label.clause.upper(), clauses, n=1)
        fix = f"Did you mean {near[0]}?" if near else None
        raise DataError(f"no clause {label.clause} in the pack", field="clause", fix=fix)
    return label


def _check_every(label: Label, clauses: Collection[str] | None) -> None:
    if label.answer is Answer.VIOLATES:
        raise DataError("'*' cannot be violated", field="clause", fix="Name the clause that is")
    if clauses is None:
        raise DataError("'*' stands for the clauses of a pack", field="clause", fix="Name the pack")


def _keep_latest(latest: dict[Key, Placed], found: Placed, problems: list[DataError]) -> None:
    """Keep the later of two answers; two that differ at one time are a problem."""
    label = found.label
    key = label.listing_hash, label.clause, label.annotator
    other = latest.setdefault(key, found)
    if label.as_of > other.label.as_of:
        latest[key] = found
    elif label.as_of == other.label.as_of and label != other.label:
        named = next(n for n in Label.model_fields if getattr(label, n) != getattr(other.label, n))
        problem = f"{label.annotator} says otherwise at the same time in {other.file}:{other.line}"
        problems.append(DataError(problem, file=found.file, line=found.line, field=named))


def _spelt_out(labels: list[Label], clauses: Iterable[str]) -> Iterator[Label]:
    """The labels, with one label a clause in place of `*`."""
    named = {(x.listing_hash, x.clause, x.annotator) for x in labels}
    for label in labels:
        if label.clause != EVERY:
            yield label
            continue
        for clause in clauses:
            if (label.listing_hash, clause, label.annotator) not in named:
                yield label.model_copy(update={"clause": clause})


def _table(labels: Iterable[Label]) -> pa.Table:
    ordered = sorted(labels, key=lambda x: (x.listing_hash, x.clause, x.annotator))
    columns = [[getattr(label, name) for label in ordered] for name in LABEL_SCHEMA.names]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, LABEL_SCHEMA, strict=True)]
    return pa.table(arrays, schema=LABEL_SCHEMA)


def _all_of(problems: list[DataError]) -> DataError:
    lines = [str(problem) for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"and {len(problems) - SHOWN} more")
    return DataError("\n".join(lines))
