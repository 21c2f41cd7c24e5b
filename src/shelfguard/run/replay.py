"""Deciding one listing again, to show that its record still holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shelfguard.decision import VOLATILE_COLUMNS
from shelfguard.errors import RunError
from shelfguard.listing import Batch, Record
from shelfguard.policy.pack import Pack
from shelfguard.run.pictures import PICTURES, RecordedPictures
from shelfguard.run.records import find_decisions, find_flagged, read_run
from shelfguard.run.source import ReadRow
from shelfguard.run.worker import Engine

NOT_COMPARED = {*VOLATILE_COLUMNS, "source_uri", "source_row"}
"""Fields that say when and from where, not what was decided."""


def replay(out: Path, listing_id: str, pack: Pack, engine: Engine, read_row: ReadRow) -> list[str]:
    """Decide a listing again; gives what differs from its record, one line a field.

    Raises:
        RunError: the scan, the decision or the listing cannot be found.
    """
    run = read_run(out)
    models = {model["name"]: model["sha256"] for model in run["models"]}
    changed = [
        *_differences("pack", run["pack"]["label"], pack.label),
        *_differences("models", models, engine.models),
    ]
    flagged, now = find_flagged(out, listing_id), engine.fetches
    for recorded in find_decisions(out, listing_id):
        listing = _listing(recorded, flagged, read_row)
        if now:
            engine.fetches = RecordedPictures(recorded["pictures"] or (), out / PICTURES, now)
        again: Record = engine.run(listing).table.to_pylist()[0]
        for name in sorted(recorded.keys() - NOT_COMPARED):
            changed += _differences(name, recorded[name], again[name])
    return list(dict.fromkeys(changed))


def _listing(recorded: Record, flagged: Batch, read_row: ReadRow) -> Batch:
    """The listing as it was decided: its snapshot, or else its row in the feed."""
    for row, digest in enumerate(flagged.content_hashes()):
        if digest == recorded["content_hash"]:
            return flagged.slice(row, 1)
    found = read_row(recorded["source_uri"], recorded["source_row"])
    if not len(found) or found.ids() != [recorded["listing_id"]]:
        raise RunError(
            f"row {recorded['source_row']} is not listing '{recorded['listing_id']}' any more",
            file=recorded["source_uri"],
            fix="Give the feed that was scanned with --feed.",
        )
    return found


def _differences(path: str, recorded: Any, now: Any) -> Iterator[str]:
    """Walk two values together; one line for every leaf that is not the same."""
    if isinstance(recorded, Mapping) and isinstance(now, Mapping):
        for name in sorted(recorded.keys() | now.keys()):
            yield from _differences(f"{path}.{name}", recorded.get(name), now.get(name))
    elif isinstance(recorded, list) and isinstance(now, list) and len(recorded) == len(now):
        for index, (old, new) in enumerate(zip(recorded, now, strict=True)):
            yield from _differences(f"{path}[{index}]", old, new)
    elif recorded != now:
        yield f"{path}: recorded {_shown(recorded)}, now {_shown(now)}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
