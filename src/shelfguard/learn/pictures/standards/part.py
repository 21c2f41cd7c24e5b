"""What pictures are drawn from, in three parts that share no font, phrase or photo."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from PIL import Image, ImageOps

from shelfguard.errors import DataError
from shelfguard.learn.pictures.fonts import system_fonts
from shelfguard.learn.pictures.photos import SUFFIXES
from shelfguard.learn.pictures.phrases import HALVES

T = TypeVar("T")


class Part(StrEnum):
    """What the pictures of a part are for."""

    TRAIN = "train"
    CALIBRATE = "calibrate"
    REPORT = "unseen"


@dataclass(frozen=True, slots=True)
class Sources:
    """Cut-out objects [RGBA], whole photos, font files and phrases of one part."""

    cut_outs: Sequence[Image.Image]
    photos: Sequence[Path]
    fonts: Sequence[str]
    phrases: Sequence[str]

    def photo(self, rng: random.Random, size: tuple[int, int]) -> Image.Image:
        """Some photo, filling a picture of this size."""
        with Image.open(rng.choice(self.photos)) as opened:
            return ImageOps.fit(opened.convert("RGB"), size)


def photos_of(folders: Sequence[Path]) -> list[Path]:
    """The photos of some folders, by name.

    Raises:
        DataError: one of the folders has none.
    """
    found = {
        folder: [f for f in folder.glob("*") if f.suffix.lower() in SUFFIXES] for folder in folders
    }
    for folder, photos in found.items():
        if not photos:
            fix = f"Name a folder of photos ({', '.join(SUFFIXES)})"
            raise DataError("there is no photo in it", file=folder, fix=fix)
    return sorted((photo for photos in found.values() for photo in photos), key=lambda p: p.name)


def share(of: Sequence[T], part: Part) -> Sequence[T]:
    """Every second one to train with, every fourth to calibrate with and to report on."""
    start, step = {Part.TRAIN: (0, 2), Part.CALIBRATE: (1, 4), Part.REPORT: (3, 4)}[part]
    return of[start::step]


def sources(part: Part, photos: Sequence[Path], cut_outs: Sequence[Image.Image]) -> Sources:
    """What a part may use; photos and cut-outs are its own already.

    Raises:
        DataError: no font is installed.
    """
    if part is Part.TRAIN:
        return Sources(cut_outs, photos, system_fonts(0), HALVES[0])
    start = 0 if part is Part.CALIBRATE else 1
    return Sources(cut_outs, photos, system_fonts(1)[start::2], HALVES[1][start::2])
