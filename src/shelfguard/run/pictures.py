"""The pictures behind decisions: kept by SHA-256 beside them, and found again for a replay."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.decision import Outcome
from shelfguard.durable import replacing

if TYPE_CHECKING:
    from shelfguard.images.outcome import Failure, Fetched
    from shelfguard.images.reader import Fetches

SHA256 = re.compile(r"[0-9a-f]{64}")

PICTURES = "pictures"
"""The folder in a scan's output."""

Row = Mapping[str, Any]


def picture_path(folder: Path, sha256: str) -> Path:
    """Where a picture lies in the folder of kept ones."""
    return folder / sha256[:2] / sha256


def keep_pictures(decisions: pa.Table, fetches: Fetches, folder: Path) -> None:
    """Keep the pictures of flagged listings, so that a decision can be shown and made again.

    Those of an escalated listing are never copied: whoever may look at them has other ways.
    """
    for row in _flagged(decisions):
        wanted = {seen["uri"]: seen["sha256"] for seen in row["pictures"] if seen["sha256"]}
        missing = [uri for uri, sha in wanted.items() if not picture_path(folder, sha).exists()]
        for uri, found in zip(missing, fetches.fetch(missing) if missing else (), strict=True):
            # What changed meanwhile is not what was judged.
            if getattr(found, "sha256", None) == wanted[uri]:
                _write(picture_path(folder, wanted[uri]), found)


def forget_pictures(folder: Path) -> None:
    """Remove kept pictures, and nothing else that may lie in the folder."""
    for path in folder.glob("[0-9a-f][0-9a-f]/*"):
        if SHA256.fullmatch(path.name):
            path.unlink()
    for place in (*folder.glob("[0-9a-f][0-9a-f]"), folder):
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()


def _flagged(decisions: pa.Table) -> Iterator[Row]:
    passed = pa.array([Outcome.ALLOW.value, Outcome.ESCALATE.value])
    others = pc.invert(pc.is_in(decisions.column("outcome"), value_set=passed))
    yield from decisions.filter(others).select(["pictures"]).to_pylist()


def _write(path: Path, found: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        temporary.write_bytes(found.data)


class RecordedPictures:
    """Gives what a decision saw: the kept bytes, the same failure, or else what is there now."""

    def __init__(self, recorded: Iterable[Row], folder: Path, now: Fetches) -> None:
        self._recorded = {seen["uri"]: seen for seen in recorded}
        self._folder, self._now = folder, now

    def fetch(self, uris: Sequence[str]) -> list[Fetched | Failure]:
        """What each reference led to, in their order."""
        return [self._found(uri) for uri in uris]

    def _found(self, uri: str) -> Fetched | Failure:
        from shelfguard.images.outcome import Failure, Fetched, Reason

        seen = self._recorded.get(uri)
        if seen and seen["failure"]:
            reason, _, problem = seen["failure"].partition(": ")
            return Failure(Reason(reason), problem)
        data = self._kept(seen["sha256"]) if seen else None
        if data is None or seen is None:
            return self._now.fetch([uri])[0]
        return Fetched(data, seen["sha256"], uri)

    def _kept(self, sha256: str) -> bytes | None:
        path = picture_path(self._folder, sha256)
        data = path.read_bytes() if path.is_file() else b""
        return data if hashlib.sha256(data).hexdigest() == sha256 else None
