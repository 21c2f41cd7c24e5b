"""What a record says of the files of a feed, and one row of them, read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from shelfguard.errors import RunError
from shelfguard.feeds import Feed
from shelfguard.feeds.remote import staged
from shelfguard.listing import Batch
from shelfguard.objects import is_remote
from shelfguard.run.parts import FeedFile

ReadRow = Callable[[str, int], Batch]
"""Reads the listing of a source at one row; an empty batch where there is none."""


def feed_record(files: Sequence[FeedFile]) -> dict[str, Any]:
    """The `feed` of `run.json`, and the `feeds` where there are several files.

    `feed` is then the folder that all of them have in common. `source_uri` is the name by which
    decisions tell the file.
    """
    feeds = [
        {"uri": _from_anywhere(file.uri), "format": file.format, "bytes": file.bytes}
        for file in files
    ]
    if len(feeds) == 1:
        return {"feed": feeds[0]}
    feed = {
        "uri": _common(str(feed["uri"]) for feed in feeds),
        "format": ", ".join(sorted({file.format for file in files})),
        "bytes": sum(file.bytes for file in files),
    }
    named = [{**feed, "source_uri": file.uri} for feed, file in zip(feeds, files, strict=True)]
    return {"feed": feed, "feeds": named}


def feeds_of(run: Mapping[str, Any]) -> Iterator[Feed]:
    """The files that a scan has read, from its `run.json`; each is there until the next is.

    Raises:
        FeedError: a file is not there any more.
    """
    for file in run.get("feeds", [run["feed"]]):
        with staged(file["uri"]) as path:
            yield _opened(path, file["format"], Path(file["uri"]).name, run["options"])


def row_reader(run: Mapping[str, Any], moved_to: Path | None = None) -> ReadRow:
    """A reader of the feed that a scan has read, from its `run.json`.

    `moved_to` is where the feed is now; of several files, the folder.
    """

    def read(source_uri: str, row: int) -> Batch:
        file = _file(run, source_uri)
        name = Path(file["uri"]).name
        moved = moved_to / name if moved_to and moved_to.is_dir() else moved_to
        with staged(str(moved or file["uri"])) as path:
            feed = _opened(path, file["format"], name, run["options"])
            return _row(feed, run["options"]["chunk_rows"], row)

    return read


def _file(run: Mapping[str, Any], source_uri: str) -> Mapping[str, Any]:
    if "feeds" not in run:
        feed: Mapping[str, Any] = run["feed"]
        return feed
    for file in run["feeds"]:
        if file["source_uri"] == source_uri:
            found: Mapping[str, Any] = file
            return found
    fix = "Give the folder of the scan that decided it."
    raise RunError("is no file of this scan", file=source_uri, fix=fix)


def _opened(path: Path, kind: str, name: str, options: Mapping[str, Any]) -> Feed:
    mapping = Path(options["mapping"]) if options["mapping"] else None
    return Feed(path, format=kind, mapping=mapping, market=options["market"], name=name)


def _row(feed: Feed, chunk_rows: int, row: int) -> Batch:
    batch = Batch.from_records([])
    for chunk in feed.chunks(chunk_rows):
        numbers = pc.struct_field(chunk.batch.table.column("source"), "row")
        batch = Batch(chunk.batch.table.filter(pc.equal(numbers, row)))
        last = pc.max(numbers).as_py()
        if len(batch) or (last is not None and last > row):
            break
    return batch


def _from_anywhere(uri: str) -> str:
    return uri if is_remote(uri) else str(Path(uri).resolve())


def _common(uris: Iterable[str]) -> str:
    """The folder that all lie in."""
    levels = zip(*(uri.split("/") for uri in uris), strict=False)
    return "/".join(level[0] for level in takewhile(lambda level: len(set(level)) == 1, levels))
