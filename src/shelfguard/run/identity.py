"""What makes two runs the same run, so that one may continue the other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelfguard.errors import FeedError, RunError
from shelfguard.feeds.remote import identity
from shelfguard.objects import expand, is_remote

HEAD_BYTES = 1 << 20

AT_ONCE = 16
"""Files asked about together: a store far away answers each in a tenth of a second."""

Identity = dict[str, Any]
"""Plain JSON values by name; two runs are the same when all are equal."""


Source = str | Path | Sequence[str | Path]
"""A feed: one file, or several, each by its path or URL, or as a folder or a glob of files."""


@dataclass(frozen=True, slots=True)
class Feeds:
    """The files of a feed, in the order in which they were given, and what tells them from others.

    `identity` is that of one file as `feed`; of several all, by their URIs, as `feeds`.
    """

    files: tuple[str, ...]
    identity: Identity
    bytes: int

    @classmethod
    def find(cls, source: Source) -> Feeds:
        """Look at every file, each once however often it was named.

        Raises:
            FeedError: a file is missing, or a folder or a glob has none.
        """
        given = [source] if isinstance(source, str | Path) else source
        files = tuple(dict.fromkeys(file for name in given for file in expand(str(name))))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(feed_identity, files))
        size = sum(one["bytes"] for one in found)
        if len(found) == 1:
            return cls(files, {"feed": found[0]}, size)
        by_uri = {one["uri"]: {"number": n, **one} for n, one in enumerate(found)}
        return cls(files, {"feeds": by_uri}, size)


def feed_identity(feed: str | Path) -> Identity:
    """Size, time of change and a digest of the first MiB: enough to notice another file.

    Of a file in an object store, what the store says of its version.
    """
    if is_remote(str(feed)):
        return dict(identity(str(feed)))
    feed = Path(feed)
    try:
        stat = feed.stat()
        with feed.open("rb") as source:
            head = hashlib.sha256(source.read(HEAD_BYTES)).hexdigest()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise FeedError(reason, file=feed, fix="Check the path of the feed.") from error
    return {
        "uri": str(feed.resolve()),
        "bytes": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "head": head,
    }


def file_digest(path: Path | None) -> str | None:
    """SHA-256 of a small file, None for none.

    Raises:
        FeedError: the file cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path else None
    except OSError as error:
        raise FeedError(f"cannot be read ({error.strerror})", file=path) from None


def differences(before: Mapping[str, Any], now: Mapping[str, Any], at: str = "") -> list[str]:
    """Each name whose value is not the same, with both values."""
    found: list[str] = []
    for name in sorted(before.keys() | now.keys()):
        old, new, path = before.get(name), now.get(name), f"{at}{name}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += differences(old, new, f"{path}.")
        elif old != new:
            found.append(f"{path} was {_shown(old)} and is {_shown(new)}")
    return found


def refuse_if_different(out: Path | str, before: Identity, now: Identity) -> None:
    """Refuse to continue a run with anything that could change its decisions.

    Raises:
        RunError: naming everything that differs.
    """
    if found := differences(before, now):
        raise RunError(
            "this run cannot be resumed: " + "; ".join(found),
            file=out,
            fix="Put that back as it was, or start again with --overwrite.",
        )


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
