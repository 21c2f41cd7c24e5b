"""Entries for a bank from what a person names: hashes, picture files and folders of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from shelfguard.images.banks.entries import NewEntry
from shelfguard.images.hashes.folder import hash_file, picture_files
from shelfguard.images.hashes.picture_hash import HEXADECIMAL, PictureHash


def entries_of(
    names: Iterable[str], tags: tuple[str, ...], problems: list[str]
) -> Iterator[NewEntry]:
    """An entry for each hash and each picture; files that hold none are told in `problems`.

    Raises:
        DataError: there is no such file.
    """
    for name in names:
        if HEXADECIMAL.fullmatch(name):
            yield NewEntry(PictureHash.from_hex(name), tags=tags)
            continue
        for file in map(hash_file, picture_files([Path(name)])):
            if file.hash:
                yield NewEntry(file.hash, tags=tags, source=Path(file.picture).name)
            else:
                problems.append(f"{file.picture}: {file.problem}")
