"""From a pattern or folder to the files that it names."""

from __future__ import annotations

import glob
import re
from pathlib import Path

from shelfguard.errors import FeedError
from shelfguard.objects.place import is_remote, local_path, place


def expand(pattern: str) -> list[str]:
    """The files that a path, URL, folder or glob names, in order; a file alone as it was given.

    Raises:
        FeedError: a glob matches nothing, or a folder is empty.
        StoreError: the store cannot be reached, or refuses.
    """
    found = _in_store(pattern) if is_remote(pattern) else _on_disk(pattern)
    if not found:
        raise FeedError("no file is there", file=pattern, fix="Check the path of the feed.")
    return found


def _on_disk(pattern: str) -> list[str]:
    path = local_path(pattern)
    if path.is_dir():
        return _in_folder(str(path))
    if path.exists() or not glob.has_magic(str(path)):
        return [str(path)]
    found = glob.glob(str(path), recursive=True)  # noqa: PTH207 (Path.glob needs a folder)
    return sorted(name for name in found if Path(name).is_file())


def _in_store(pattern: str) -> list[str]:
    if place(pattern).exists():
        return [pattern]
    return _matching(pattern) if glob.has_magic(pattern) else _in_folder(pattern)


def _in_folder(folder: str) -> list[str]:
    at = place(folder)
    return [str(at / name) for name in at.names() if _is_shown(name)]


def _matching(pattern: str) -> list[str]:
    """The objects that a glob names; its part before the first wildcard is left to the store."""
    from fsspec.utils import glob_translate

    folder, _, prefix = re.split(r"[*?[]", pattern, maxsplit=1)[0].rpartition("/")
    if folder.endswith(":/"):
        raise FeedError("a bucket's name is no glob", file=pattern, fix="Name one bucket.")
    matches = re.compile(glob_translate(pattern[len(folder) + 1 :])).match
    at = place(folder)
    return [str(at / name) for name in at.names(prefix) if matches(name)]


def _is_shown(name: str) -> bool:
    """Hidden files and folders, and markers such as `_SUCCESS`, are no feeds."""
    return not any(part.startswith((".", "_")) for part in name.split("/"))
