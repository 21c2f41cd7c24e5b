"""Rows of plain values in JSONL, CSV and Parquet files, the texts also packed with gzip."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TextIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.errors import DataError

Values = dict[str, Any]
Form = Literal["jsonl", "csv", "parquet"]

FORMS: dict[str, Form] = {
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".parquet": "parquet",
}


def form_of(file: Path) -> Form:
    """The form that a file's name tells.

    Raises:
        DataError: the name tells none.
    """
    for ending, form in FORMS.items():
        if file.name.lower().endswith(ending):
            return form
    fix = f"Use one of: {', '.join(FORMS)}"
    raise DataError("cannot tell the format from the name", file=file, fix=fix)


def read_rows(file: Path, required: Sequence[str]) -> Iterator[tuple[int, Values | str]]:
    """(line, values) of each row, or (line, problem) of a line that holds none.

    Lines count from 1, and so do the rows of a Parquet file.

    Raises:
        DataError: the file as a whole cannot be read, or lacks a required column.
    """
    readers = {"jsonl": _read_jsonl, "csv": _read_csv, "parquet": _read_parquet}
    reader = readers[form_of(file)]
    try:
        yield from reader(file, required)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, pa.ArrowException) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise DataError(f"cannot be read: {why}", file=file) from error


def write_rows(rows: Sequence[Mapping[str, Any]], file: Path, columns: Sequence[str]) -> None:
    """Write plain values as JSONL or CSV, as the file's name says.

    Raises:
        DataError: the name says neither.
    """
    form = form_of(file)
    if form == "parquet":
        raise DataError("is not a text format", file=file, fix="Use .jsonl or .csv")
    with open_text(file, "w") as stream:
        if form == "jsonl":
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            return
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@contextmanager
def open_text(file: Path, mode: Literal["r", "w"]) -> Iterator[TextIO]:
    """A UTF-8 text file, packed where its name ends in `.gz`."""
    encoding = "utf-8-sig" if mode == "r" else "utf-8"
    if file.suffix.lower() == ".gz":
        with gzip.open(file, f"{mode}t", encoding=encoding, newline="") as packed:
            yield cast("TextIO", packed)
    else:
        with file.open(mode, encoding=encoding, newline="") as plain:
            yield cast("TextIO", plain)


def _read_jsonl(file: Path, required: Sequence[str]) -> Iterator[tuple[int, Values | str]]:
    with open_text(file, "r") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, _object(line)


def _object(line: str) -> Values | str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    return value if isinstance(value, dict) else "not a JSON object"


def _read_csv(file: Path, required: Sequence[str]) -> Iterator[tuple[int, Values | str]]:
    with open_text(file, "r") as stream:
        reader = csv.DictReader(stream, strict=True)
        _require(file, reader.fieldnames or (), required)
        for row in reader:
            # An empty cell is a missing value, and a cell past the header has no name.
            yield reader.line_num, {name: cell for name, cell in row.items() if name and cell}


def _read_parquet(file: Path, required: Sequence[str]) -> Iterator[tuple[int, Values | str]]:
    with pq.ParquetFile(file) as parquet:
        _require(file, parquet.schema_arrow.names, required)
        number = 0
        for batch in parquet.iter_batches(columns=list(required)):
            for row in batch.to_pylist():
                number += 1
                yield number, row


def _require(file: Path, columns: Iterable[str], required: Sequence[str]) -> None:
    if absent := sorted(set(required) - set(columns)):
        raise DataError("no such column", file=file, field=", ".join(absent), fix="Add it")
