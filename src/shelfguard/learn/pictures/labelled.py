"""Pictures with labels of the whole: a folder a label, or a table of (picture, label).

A picture in several folders or rows is of each label. Pictures that are of no label lie in a folder
`none`, or have an empty label in the table: without such pictures nothing is learned but which
label it is.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from shelfguard.errors import DataError
from shelfguard.learn.data.dataset import file_digest
from shelfguard.learn.pictures.groups import group_of

NONE = "none"
PICTURE, LABEL = "picture", "label"


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture's file and what it shows; pictures of one `group` come from one source."""

    file: Path
    labels: frozenset[str]

    @property
    def group(self) -> str:
        return group_of(self.file.stem)


@dataclass(frozen=True, slots=True)
class LabelledPictures:
    """What was read, and what could not be used, by file and line."""

    root: Path
    labels: tuple[str, ...]
    pictures: tuple[LabelledPicture, ...]
    problems: tuple[DataError, ...]

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def id(self) -> str:
        """A digest over pictures and labels; where they lie does not matter."""
        parts = sorted(f"{file_digest(each.file)} {sorted(each.labels)}" for each in self.pictures)
        return hashlib.sha256("\n".join([repr(self.labels), *parts]).encode()).hexdigest()


def read_labelled(place: Path) -> LabelledPictures:
    """The pictures of a folder, or of a table in CSV or JSON lines with paths relative to it.

    Raises:
        DataError: there is no such place, or nothing in it has a label.
    """
    problems: list[DataError] = []
    shown: dict[Path, set[str]] = defaultdict(set)
    for file, label in _in_folder(place) if place.is_dir() else _in_table(place, problems):
        shown[file] |= {label} - {"", NONE}
    labels = tuple(sorted(set().union(*shown.values())))
    if not labels:
        cause = f" ({problems[0]})" if problems else ""
        fix = "Make a folder a label with its pictures, or a table of picture and label"
        raise DataError(f"no labelled pictures here{cause}", file=place, fix=fix)
    pictures = tuple(LabelledPicture(file, frozenset(shown[file])) for file in sorted(shown))
    return LabelledPictures(place, labels, pictures, tuple(problems))


def _in_folder(folder: Path) -> Iterator[tuple[Path, str]]:
    for label in sorted(each for each in folder.iterdir() if each.is_dir()):
        for file in sorted(label.iterdir()):
            if file.is_file() and not file.name.startswith("."):
                yield file, label.name


def _in_table(table: Path, problems: list[DataError]) -> Iterator[tuple[Path, str]]:
    """Pairs of a table; rows that are none become problems."""
    for line, row in _rows(table, problems):
        name, label = row.get(PICTURE), row.get(LABEL) or ""
        if not isinstance(name, str) or not name:
            problems.append(DataError("is missing", file=table, line=line, field=PICTURE))
        elif not isinstance(label, str):
            problems.append(DataError("is no text", file=table, line=line, field=LABEL))
        elif not (file := table.parent / name).is_file():
            problem = f"there is no file {name}"
            problems.append(DataError(problem, file=table, line=line, field=PICTURE))
        else:
            yield file, label.strip()


def _rows(table: Path, problems: list[DataError]) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            if table.suffix.lower() == ".csv":
                reader = csv.DictReader(stream)
                yield from ((reader.line_num, row) for row in reader)
            else:
                yield from _json_rows(stream, table, problems)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        fix = "Name a folder, or a table in CSV or JSON lines"
        raise DataError(f"cannot be read ({error})", file=table, fix=fix) from error


def _json_rows(
    stream: Iterator[str], table: Path, problems: list[DataError]
) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(stream, 1):
        try:
            row = json.loads(line)
        except ValueError as error:
            problems.append(DataError(f"not JSON ({error})", file=table, line=number))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            problems.append(DataError("no JSON object", file=table, line=number))
