"""What a path leads to: pictures, a table of their hashes, or a feed that names some."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from shelfguard.errors import DataError
from shelfguard.images.decode.formats import LOOKED_AT, identify, named_format
from shelfguard.images.hashes.hashed_picture import is_table
from shelfguard.images.outcome import PictureError, Reason


class InputKind(Enum):
    """What pictures can be read from."""

    FILES = auto()
    TABLE = auto()
    FEED = auto()


def kind_of(path: Path) -> InputKind:
    """Told from a file's content, and for a broken picture from its name.

    What is neither a picture nor a table is taken for a feed, whose reader says if it is none.

    Raises:
        DataError: there is no such file or folder, or it cannot be read.
    """
    if path.is_dir():
        return InputKind.FILES
    try:
        if named_format(path.name) or _is_picture(path):
            return InputKind.FILES
    except FileNotFoundError as error:
        raise DataError("no such file or folder", file=path) from error
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", file=path) from error
    return InputKind.TABLE if is_table(path) else InputKind.FEED


def _is_picture(path: Path) -> bool:
    """Whether a file is a picture, be it one of a format that is not decoded."""
    with path.open("rb") as stream:
        start = stream.read(LOOKED_AT)
    try:
        identify(start)
    except PictureError as error:
        return error.failure.reason in (Reason.SVG, Reason.UNSUPPORTED)
    return True
