"""The formats, how each is recognised, and what reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from shelfguard.errors import FeedError
from shelfguard.feeds import jsonl
from shelfguard.feeds.columns import Rows
from shelfguard.feeds.delimited import Delimited
from shelfguard.feeds.draft import Flat, gather
from shelfguard.feeds.fields import Target
from shelfguard.feeds.stream import Bytes, Lines

Runs = Callable[[int], Iterator[Rows]]


def detect(path: Path) -> str:
    stream = Bytes(path)
    start = stream.read(1 << 16)
    stream.close()
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    return "jsonl" if text.startswith(b"{") else "csv"


def source(
    format: str, stream: Bytes, mapping: Mapping[str, Target], warnings: Counter[str]
) -> Runs:
    """What reads the rows of a stream in one format."""
    if format == "csv":
        return Delimited(Lines(stream, warnings), mapping, warnings).runs
    if format == "jsonl":
        items = jsonl.items(Lines(stream, warnings), Flat(mapping, warnings))
        return lambda size: gather(items, size)
    raise FeedError(f"format '{format}' is not known", file=stream.path)
