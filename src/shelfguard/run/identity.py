"""What makes two runs the same run, so that one may continue the other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shelfguard.errors import FeedError, RunError

HEAD_BYTES = 1 << 20

Identity = dict[str, Any]
"""Plain JSON values by name; two runs are the same when all are equal."""


def feed_identity(feed: Path) -> Identity:
    """Size, time of change and a digest of the first MiB: enough to notice another file."""
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
    """SHA-256 of a small file, None for none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path else None


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


def refuse_if_different(out: Path, before: Identity, now: Identity) -> None:
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
