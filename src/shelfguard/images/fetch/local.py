"""Pictures in local files: only below folders that an operator named."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shelfguard.images.outcome import Fetched, PictureError, Reason

OPEN_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Neither follow a link that was put there meanwhile nor wait for the other end of a pipe."""


def read_local(uri: str, roots: Sequence[Path], max_bytes: int) -> Fetched:
    """The file that a path or `file:` URL names; a relative path is tried below each root.

    Raises:
        PictureError: it leads outside the roots, is no regular file or larger than `max_bytes`.
    """
    path = _find(uri, roots)
    try:
        data = _read(path, max_bytes)
    except OSError as error:
        problem = f"{path} cannot be read: {error.strerror}"
        raise PictureError(Reason.UNREADABLE, problem) from error
    return Fetched(data, hashlib.sha256(data).hexdigest(), str(path))


def _find(uri: str, roots: Sequence[Path]) -> Path:
    try:
        inside = list(_inside(_path(uri), roots))
        path = next((path for path in inside if path.exists()), None)
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, too long, NUL
        raise PictureError(Reason.INVALID_URI, f"'{uri}' is not a path: {error}") from error
    if not inside:
        problem = f"'{uri}' leads outside the folders that pictures may come from"
        raise PictureError(Reason.OUTSIDE_ROOT, problem)
    if not path:
        raise PictureError(Reason.NOT_FOUND, f"There is no file '{uri}'")
    return path


def _path(uri: str) -> str:
    if not uri.lower().startswith("file:"):
        return uri
    parts = urlsplit(uri)
    if parts.netloc not in ("", "localhost"):
        raise ValueError("a file: URL of another host")
    return unquote(parts.path)


def _inside(path: str, roots: Sequence[Path]) -> Iterator[Path]:
    """Where `path` leads from each root, links followed, as far as that is below the root."""
    for root in map(Path.resolve, roots):
        found = (root / path).resolve()
        if found.is_relative_to(root):
            yield found


def _read(path: Path, max_bytes: int) -> bytes:
    if not path.is_file():
        raise PictureError(Reason.NOT_A_FILE, f"{path} is not a regular file")
    with open(path, "rb", opener=_open) as stream:
        data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise PictureError(Reason.TOO_LARGE, f"{path} is larger than {max_bytes:,} bytes")
    return data


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | OPEN_FLAGS)
