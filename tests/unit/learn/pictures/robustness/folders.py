"""Folders of photos for trials, as varied as real ones."""

from __future__ import annotations

from pathlib import Path

from shelfguard.errors import ModelError
from shelfguard.learn.pictures.robustness.materials import Materials, files_in
from tests.unit.images.drawing import scene


def photo_folder(folder: Path, count: int = 2, side: int = 320) -> Path:
    """Pictures that differ, each from a source of its own."""
    folder.mkdir(parents=True)
    for number in range(count):
        scene(side, side, number).save(folder / f"{'abcdefgh'[number] * 3}.png")
    return folder


def no_model(name: str) -> Path:
    """As of a pack without models."""
    raise ModelError(f"the pack has no model '{name}' for pictures")


def materials(root: Path, most: int = 4) -> Materials:
    """Two photos, no boxes, and no models."""
    photos = files_in([photo_folder(root / "photos")])
    return Materials(root / "boxes", photos, (), no_model, most)
