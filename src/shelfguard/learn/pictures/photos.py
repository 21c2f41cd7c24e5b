"""Photos without text, for text to be drawn on."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from shelfguard.errors import DataError
from shelfguard.images.decode import Decoded, decode
from shelfguard.images.picture import Picture
from shelfguard.images.text_lines import LineReader

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")

SCIKIT_IMAGE = (
    *("brick.png", "camera.png", "cell.png", "chelsea.png", "chessboard_RGB.png", "coffee.png"),
    *("grass.png", "gravel.png", "hubble_deep_field.jpg", "horse.png", "ihc.png", "logo.png"),
    *("moon.png", "retina.jpg", "rocket.jpg"),
)
"""Those of scikit-image's photos that show no text; most are in the public domain (CC0)."""


def photos_in(folder: Path | None, half: int) -> list[Path]:
    """Every other photo of scikit-image, if it is installed, and of a folder.

    Half 0 is to learn from, half 1 to measure on.

    Raises:
        DataError: there is no such folder, or no photo in it.
    """
    if folder is None:
        return scikit_image_photos()[half::2]
    found = sorted(f for f in folder.glob("*") if f.suffix.lower() in SUFFIXES)
    if not found:
        fix = f"Name a folder of photos ({', '.join(SUFFIXES)})"
        raise DataError("there is no photo in it", file=folder, fix=fix)
    return scikit_image_photos()[half::2] + found[half::2]


def scikit_image_photos() -> list[Path]:
    """Photos that come with scikit-image; none where it is not installed."""
    spec = find_spec("skimage")
    folders = [Path(f) for f in spec.submodule_search_locations or ()] if spec else []
    paths = [folder / "data" / name for folder in folders for name in SCIKIT_IMAGE]
    return [path for path in paths if path.is_file()]


def without_text(photos: Iterable[Path], reader: LineReader) -> list[Path]:
    """The photos in which no line of text is read."""
    return [path for path in photos if not reader.read(_picture(path)).lines]


def _picture(path: Path) -> Picture:
    """A photo as it was decoded.

    Raises:
        DataError: it cannot be decoded.
    """
    found = decode(path.read_bytes())
    if isinstance(found, Decoded):
        return found.picture
    raise DataError(f"cannot be decoded: {found.problem}", file=path, fix="Remove it")
