"""The hashes of picture files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from shelfguard.errors import DataError
from shelfguard.images.decode import decode
from shelfguard.images.fetch import Limits
from shelfguard.images.fetch.local import read_local
from shelfguard.images.hashes.hashed_picture import HashedPicture
from shelfguard.images.hashes.pdq import hash_of
from shelfguard.images.outcome import Failure, PictureError


def picture_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as they are, and all files below folders, in the order of their names.

    Raises:
        DataError: there is no such file or folder.
    """
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.rglob("*")) if file.is_file())
        elif path.exists():
            yield path
        else:
            raise DataError("no such file or folder", file=path)


def hash_file(path: Path) -> HashedPicture:
    """The hash of a file's picture, or what is wrong with the file."""
    try:
        fetched = read_local(path.name, [path.parent], Limits().max_bytes)
    except PictureError as error:
        return HashedPicture(str(path), problem=error.failure.problem)
    decoded = decode(fetched.data, path.name)
    if isinstance(decoded, Failure):
        return HashedPicture(str(path), fetched.sha256, problem=decoded.problem)
    return HashedPicture(str(path), fetched.sha256, hash_of(decoded.picture))
