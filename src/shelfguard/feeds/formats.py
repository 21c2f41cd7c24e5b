"""The formats, how each is recognised, and what reads it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from shelfguard.errors import FeedError
from shelfguard.feeds import amazon, google_xml, json_stream, jsonl, jsonld, shopify, walmart
from shelfguard.feeds.columns import Rows
from shelfguard.feeds.delimited import Delimited, sniff_delimiter
from shelfguard.feeds.draft import Flat, Item, gather
from shelfguard.feeds.fields import normalise
from shelfguard.feeds.json_stream import ToDraft
from shelfguard.feeds.mapping import Mapping
from shelfguard.feeds.stream import Bytes, Lines, utf8_blocks

Runs = Callable[[int], Iterator[Rows]]

FORMATS = (
    "csv",
    "google-tsv",
    "google-xml",
    "walmart-json",
    "amazon-json",
    "shopify-csv",
    "shopify-json",
    "jsonld",
    "html",
    "jsonl",
    "json",
    "parquet",
)

_SNIFFED = 1 << 16
_JSON_KEYS = (
    ("walmart-json", re.compile(r'"MPItem(?:FeedHeader)?"\s*:')),
    ("jsonld", re.compile(r'"@(?:context|graph|type)"\s*:')),
    ("shopify-json", re.compile(r'"(?:body_html|variants)"\s*:')),
    ("amazon-json", re.compile(r'"(?:item_name|productType|marketplace_id)"\s*:')),
)
_FIXED = (*(name for name, _ in _JSON_KEYS), "shopify-csv", "html")
"""The formats whose columns are known, so that a mapping has nothing to say."""

_FLAT_KEYS = ("products", "items", "listings", "data", "results")


def detect(path: Path) -> str:
    """The format of a file, from its first bytes.

    Raises:
        FeedError: the file is missing, empty, or in no format that can be read.
    """
    stream = Bytes(path)
    start = next(utf8_blocks(stream), b"")[:_SNIFFED]
    stream.close()
    if start.startswith(b"PAR1"):
        return "parquet"
    text = start.decode("utf-8", "replace").strip()
    if not text:
        raise FeedError("is empty", file=path, fix="Export the feed again.")
    if text.startswith("<"):
        return _markup(text)
    if text[0] in "{[":
        return _json(text)
    if start.startswith(b"PK\x03\x04"):
        raise FeedError("is a ZIP archive or workbook", file=path, fix="Export it as CSV.")
    if 10 * start.count(b"\0") > len(start):
        raise FeedError("is binary data in no known format", file=path, fix=f"Known: {_KNOWN}.")
    return _delimited(text)


_KNOWN = ", ".join(FORMATS)


def _markup(text: str) -> str:
    head = text[:4096].lower()
    return "html" if "<html" in head or "<!doctype html" in head else "google-xml"


def _json(text: str) -> str:
    name = next((name for name, pattern in _JSON_KEYS if pattern.search(text)), None)
    lines = [stripped for line in text.split("\n") if (stripped := line.strip())]
    one_a_line = lines[0].startswith("{") and lines[0].endswith("}") and len(lines) > 1
    if one_a_line or (name is None and text[0] == "{" and not _holds_items(text)):
        return "jsonl"
    return name or "json"


def _holds_items(text: str) -> bool:
    return re.search(rf'"(?:{"|".join(_FLAT_KEYS)})"\s*:\s*\[', text) is not None


def _delimited(text: str) -> str:
    first = re.split("[\r\n]", text, maxsplit=1)[0]
    delimiter = sniff_delimiter(first)
    names = {normalise(name) for name in next(csv.reader([first], delimiter=delimiter))}
    if "title" in names and names & {"variant_price", "body_html", "url_handle"}:
        return "shopify-csv"
    if delimiter == "\t" and {"id", "title"} <= names and names & {"link", "availability"}:
        return "google-tsv"
    return "csv"


def source(name: str, stream: Bytes, mapping: Mapping, warnings: Counter[str]) -> Runs:
    """What reads the rows of a stream in the format of that name.

    Raises:
        FeedError: there is no such format, or it has its own columns and cannot be mapped.
    """
    if mapping.columns and name in _FIXED:
        raise FeedError(
            f"columns of format '{name}' cannot be mapped, for it defines its own",
            file=stream.path,
            fix="Leave out --mapping, or name another format with --feed-format.",
        )
    flat = Flat(mapping.columns, warnings)
    document = partial(json_stream.items, stream)
    readers: dict[str, Callable[[], Iterable[Item]]] = {
        "google-xml": lambda: google_xml.items(stream, flat),
        "walmart-json": lambda: document(walmart.KEYS, walmart.draft),
        "amazon-json": lambda: document(amazon.KEYS, amazon.draft),
        "shopify-json": lambda: document(shopify.KEYS, shopify.draft),
        "jsonld": lambda: document(jsonld.KEYS, jsonld.draft),
        "json": lambda: document(_FLAT_KEYS, _flat_draft(flat)),
        "html": lambda: jsonld.html_items(stream),
        "jsonl": lambda: jsonl.items(Lines(stream, warnings), flat),
        "parquet": lambda: _parquet(stream, flat),
        "shopify-csv": lambda: _shopify(stream, mapping, warnings),
    }
    if name in readers:
        items = readers[name]()
        return lambda size: gather(items, size)
    if name not in FORMATS:
        raise FeedError(f"format '{name}' is not known", file=stream.path, fix=f"Known: {_KNOWN}.")
    return _table(stream, mapping, warnings)


def _parquet(stream: Bytes, flat: Flat) -> Iterator[Item]:
    from shelfguard.feeds import parquet

    return parquet.items(stream, flat)


def _flat_draft(flat: Flat) -> ToDraft:
    return lambda item, _: flat.draft(item)


def _shopify(stream: Bytes, mapping: Mapping, warnings: Counter[str]) -> Iterator[Item]:
    reader = Delimited(Lines(stream, warnings), mapping, warnings)
    if "title" not in map(normalise, reader.header):
        raise _untitled(reader, "Name one 'Title', or read it with --feed-format csv.")
    return shopify.csv_items(reader.runs(2048), reader.header)


def _table(stream: Bytes, mapping: Mapping, warnings: Counter[str]) -> Runs:
    reader = Delimited(Lines(stream, warnings), mapping, warnings)
    if not any(target[:2] == ("field", "title") for target in reader.table.targets):
        fix = "Name one 'title', or say with a mapping file which column it is."
        raise _untitled(reader, fix)
    return reader.runs


def _untitled(reader: Delimited, fix: str) -> FeedError:
    problem = f"has no title column among {', '.join(reader.header)[:200]}"
    return FeedError(problem, file=reader.lines.stream.path, line=1, fix=fix)
