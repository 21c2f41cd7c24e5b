"""What trials are made from: pictures that nothing under trial has learned from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from shelfguard.errors import DataError
from shelfguard.images.decode import Decoded, decode
from shelfguard.images.picture import Picture
from shelfguard.learn.command import say
from shelfguard.learn.pictures.groups import group_of
from shelfguard.learn.pictures.photos import SUFFIXES

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Materials:
    """`boxes` is a folder of marked pictures, `innocent` pictures without what is marked there.

    `photos` are ordinary photos; `model` finds the pack's model of a name, or raises a ModelError.
    A trial takes `most` pictures of a kind.
    """

    boxes: Path
    photos: Sequence[Path]
    innocent: Sequence[Path]
    model: Callable[[str], Path]
    most: int

    def everyday(self) -> list[Path]:
        """Photos and innocent pictures, so many as a trial takes."""
        return thinned([*self.photos, *self.innocent], self.most)


def files_in(folders: Iterable[Path]) -> list[Path]:
    """The pictures of some folders, by name.

    Raises:
        DataError: there is no picture in one of them.
    """
    found: list[Path] = []
    for folder in folders:
        inside = sorted(file for file in folder.glob("*") if file.suffix.lower() in SUFFIXES)
        if not inside:
            fix = f"Name a folder of pictures ({', '.join(SUFFIXES)})"
            raise DataError("there is no picture in it", file=folder, fix=fix)
        found += inside
    return found


def thinned(of: Sequence[T], most: int) -> list[T]:
    """At most so many, from the whole length."""
    return [of[place * len(of) // most] for place in range(most)] if len(of) > most else list(of)


def decoded(files: Iterable[Path]) -> Iterator[tuple[str, Picture]]:
    """Each picture with the name of its source; those that cannot be decoded are told."""
    for file in files:
        found = decode(file.read_bytes(), file.name)
        if isinstance(found, Decoded):
            yield group_of(file.stem), found.picture
        else:
            say(f"left out: {DataError(found.problem.rstrip('.'), file=file)}")
