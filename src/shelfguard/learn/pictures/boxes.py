"""Pictures whose objects were marked with boxes, in the folder that YOLO tools write and read.

images/NAME.jpg        any format that `decode` reads
labels/NAME.txt        a line an object: class, middle x, middle y, width, height, in shares of
                       the picture; or class and the corners of an outline. Empty: no object.
classes.txt            a name a line; or `names` in data.yaml. Without them a class is its number.
negatives/             pictures that show no object and need no label file
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from shelfguard.errors import DataError
from shelfguard.images.picture import Box
from shelfguard.learn.data.dataset import Split, file_digest
from shelfguard.learn.pictures.groups import group_of, split_of

IMAGES, LABELS, NEGATIVES = "images", "labels", "negatives"
CLASSES, DATA = "classes.txt", "data.yaml"

NO_OBJECT = f"A picture that shows no object belongs in {NEGATIVES}/"

SLACK = 0.02
"""A box may leave its picture by this share, as rounding does; it is cut at the edge."""


@dataclass(frozen=True, slots=True)
class MarkedBox:
    """One object: its label and where it is."""

    label: str
    box: Box


@dataclass(frozen=True, slots=True)
class MarkedPicture:
    """A picture's file and all its objects; pictures of one `group` come from one source."""

    file: Path
    objects: tuple[MarkedBox, ...]

    @property
    def group(self) -> str:
        return group_of(self.file.stem)

    @property
    def split(self) -> Split:
        return split_of(self.group)


@dataclass(frozen=True, slots=True)
class MarkedPictures:
    """A folder, read: what it shows, and what in it could not be used, by file and line."""

    root: Path
    labels: tuple[str, ...]
    pictures: tuple[MarkedPicture, ...]
    problems: tuple[DataError, ...]

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def id(self) -> str:
        """A digest over names, pictures and boxes."""
        parts = [repr(self.labels)]
        for each in self.pictures:
            name = each.file.relative_to(self.root).as_posix()
            parts.append(f"{name} {file_digest(each.file)} {each.objects}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def read_boxes(folder: Path) -> MarkedPictures:
    """Every picture of a folder whose label file can be read.

    A picture with a faulty line is left out as a whole, and every fault becomes a problem.

    Raises:
        DataError: there are no pictures, or no label is used.
    """
    names = _class_names(folder)
    pictures: list[MarkedPicture] = []
    problems: list[DataError] = []
    for file in _files(folder / IMAGES):
        objects, wrong = _objects(folder / LABELS / f"{file.stem}.txt", names)
        problems += wrong
        if not wrong:
            pictures.append(MarkedPicture(file, tuple(objects)))
    pictures += [MarkedPicture(file, ()) for file in _files(folder / NEGATIVES)]
    used = {each.label for picture in pictures for each in picture.objects}
    if not used:
        cause = problems[0] if problems else DataError("no labelled pictures here", file=folder)
        fix = f"Put pictures into {IMAGES}/ and their boxes into {LABELS}/"
        raise DataError(cause.problem, file=cause.file, line=cause.line, field=cause.field, fix=fix)
    labels = tuple(names) if names else tuple(sorted(used, key=int))
    return MarkedPictures(folder, labels, tuple(pictures), tuple(problems))


def split(pictures: Sequence[MarkedPicture], part: Split) -> tuple[MarkedPicture, ...]:
    """The pictures of one part, the same on every machine; groups are never divided."""
    return tuple(each for each in pictures if each.split is part)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.is_file() and file.name[0] != ".")


def _class_names(folder: Path) -> list[str]:
    """The names of classes 0, 1, ... where the folder gives them."""
    if (file := folder / CLASSES).is_file():
        return [name.strip() for name in file.read_text("utf-8").splitlines() if name.strip()]
    if not (file := folder / DATA).is_file():
        return []
    try:
        names = yaml.safe_load(file.read_text("utf-8"))["names"]
        listed = [names[number] for number in range(len(names))]
        return [name for name in listed if isinstance(name, str)]
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        fix = "Give a list of names, or a mapping from 0, 1, ... to names"
        raise DataError("no names of classes", file=file, field="names", fix=fix) from error


def _objects(file: Path, names: Sequence[str]) -> tuple[list[MarkedBox], list[DataError]]:
    """The objects of a label file, and what is wrong with it."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return [], [DataError("there is no such label file", file=file, fix=NO_OBJECT)]
    except (OSError, UnicodeDecodeError) as error:
        return [], [DataError(f"cannot be read ({error})", file=file)]
    found: list[MarkedBox] = []
    wrong: list[DataError] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_object(line.split(), names))
            except DataError as error:
                wrong.append(DataError(error.problem, file=file, line=number, field=error.field))
    if not found and not wrong:
        wrong.append(DataError("marks no object", file=file, fix=NO_OBJECT))
    return found, wrong


def _object(words: Sequence[str], names: Sequence[str]) -> MarkedBox:
    """One line of a label file."""
    label, *places = words
    if not label.isdecimal() or (names and int(label) >= len(names)):
        known = f"0 to {len(names) - 1}" if names else "a whole number from 0"
        raise DataError(f"'{label}' is no class ({known})", field="class")
    box = _box(_numbers(places))
    return MarkedBox(names[int(label)] if names else str(int(label)), box)


def _numbers(words: Sequence[str]) -> list[float]:
    try:
        numbers = [float(word) for word in words]
    except ValueError as error:
        raise DataError(f"not numbers ({error})", field="box") from error
    if not all(map(math.isfinite, numbers)):
        raise DataError("not finite", field="box")
    return numbers


def _box(numbers: Sequence[float]) -> Box:
    """The box of four numbers, or around an outline of at least three corners."""
    if len(numbers) == 4:
        x, y, width, height = numbers
        edges = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    elif len(numbers) >= 6 and len(numbers) % 2 == 0:
        across, down = numbers[::2], numbers[1::2]
        edges = (min(across), min(down), max(across), max(down))
    else:
        raise DataError(f"{len(numbers)} numbers: give 4, or at least 3 corners", field="box")
    if not all(-SLACK <= edge <= 1 + SLACK for edge in edges):
        raise DataError("outside the picture: give shares from 0 to 1", field="box")
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in edges)
    if left >= right or top >= bottom:
        raise DataError("has no area", field="box")
    return Box(left, top, right, bottom)
