"""A feed in an object store, as a local file for as long as it is read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from shelfguard.errors import FeedError, StoreError
from shelfguard.objects import Place, Stat, is_remote, local_path, place


@contextmanager
def staged(url: str) -> Iterator[Path]:
    """A feed as a local file; a local path as it is.

    What is in a store is copied to a temporary folder, in bounded memory, under its own name.

    Raises:
        FeedError: it is not there, the store refuses, or it was changed while it was copied.
    """
    if not is_remote(url):
        yield local_path(url)
        return
    with tempfile.TemporaryDirectory(prefix="shelfguard-feed-") as folder:
        path = Path(folder) / PurePosixPath(url).name
        _copy(place(url), path)
        yield path


def identity(url: str) -> dict[str, str | int]:
    """What tells this feed from another one in its place: URL, size and the store's version.

    Raises:
        FeedError: it is not there, or the store refuses.
    """
    stat = _stat(place(url))
    return {"uri": url, "bytes": stat.size, "version": stat.version}


def _copy(source: Place, target: Path) -> None:
    before = _stat(source)
    try:
        source.fetch_to(target)
    except StoreError as error:
        raise _unreadable(error) from error
    if target.stat().st_size != before.size or _stat(source) != before:
        fix = "Run again once nothing writes it any more."
        raise FeedError("was changed while it was copied", file=source.url, fix=fix)


def _stat(source: Place) -> Stat:
    try:
        stat = source.stat()
    except StoreError as error:
        raise _unreadable(error) from error
    if stat is None:
        raise FeedError("is not there", file=source.url, fix="Check the path of the feed.")
    return stat


def _unreadable(error: StoreError) -> FeedError:
    return FeedError(error.problem, file=error.file, fix=error.fix)
