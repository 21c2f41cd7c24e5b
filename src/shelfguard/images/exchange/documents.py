"""Exchange files of JSON documents: one, a list of them, or one a line."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

from pydantic import BaseModel, ValidationError

from shelfguard.errors import DataError
from shelfguard.images.banks.entries import Entry, NewEntry
from shelfguard.images.exchange.item import UNVERIFIED, Item, Place, SetAside, hash_or_error
from shelfguard.images.exchange.records import (
    DISABLED,
    ENABLED,
    Content,
    HashRecord,
    Metadata,
    Ours,
    Update,
)

PDQ, HASH_PDQ, IMAGE_PDQ = "pdq", "HASH_PDQ", "ImagePDQ"
"""What the signal type is called in HMA, ThreatExchange and StopNCII."""

NO_NAME = re.compile(r"[^A-Z0-9_]")
"""What HMA does not allow in a bank's name."""

Record = TypeVar("Record", bound=BaseModel)


def read_hma(file: Path) -> Iterator[Item]:
    """Contents with their signals, or signals alone as `POST /c/bank/NAME/signal` takes them."""
    for place, document in _documents(file):
        alone = isinstance(document, dict) and PDQ in document
        yield _item(place, {"signals": document} if alone else document, Content, _content)


def write_hma(stream: IO[str], entries: Iterable[Entry], bank: str) -> None:
    """A list of contents. `signals` of each is what `POST /c/bank/NAME/signal` takes."""
    config = {"name": NO_NAME.sub("_", bank.upper()), "matching_enabled_ratio": 1.0}
    before = "[\n"
    for entry in entries:
        stream.write(before + json.dumps(_exported(entry, config), ensure_ascii=False))
        before = ",\n"
    stream.write("\n]\n" if before != "[\n" else "[]\n")


def read_threat_updates(file: Path) -> Iterator[Item]:
    """The `data` of pages of `/threat_updates`."""
    for place, document in _documents(file, "data"):
        yield _item(place, document, Update, _update)


def read_stopncii(file: Path) -> Iterator[Item]:
    """The `hashRecords` of pages of `FetchHashes`."""
    for place, document in _documents(file, "hashRecords"):
        yield _item(place, document, HashRecord, _hash_record)


def _content(place: Place, content: Content) -> Item:
    if PDQ not in content.signals:
        return SetAside("no PDQ hash")
    if content.disable_until_ts == DISABLED or content.disable_until_ts > time.time():
        return SetAside("disabled")
    metadata = content.metadata or Metadata()
    ours = metadata.free.shelfguard if metadata.free else Ours()
    found = hash_or_error(place, "signals.pdq", content.signals[PDQ], ours.quality)
    number = metadata.content_id or (None if content.id is None else str(content.id))
    source = ours.source or metadata.content_uri or content.original_media_uri
    return NewEntry(found, number, ours.tags, source)


def _exported(entry: Entry, bank: dict[str, Any]) -> dict[str, Any]:
    new = entry.new
    ours = {"quality": new.hash.quality, "tags": new.tags, "source": new.source}
    number = new.supplier_id or str(entry.id)
    return {
        "id": entry.id,
        "disable_until_ts": ENABLED,
        "original_media_uri": None,
        "bank": bank,
        "signals": {PDQ: new.hash.hex()},
        "metadata": {"content_id": number, "json": {"shelfguard": ours}},
    }


def _update(place: Place, update: Update) -> Item:
    if update.type != HASH_PDQ:
        return SetAside(f"indicator type {update.type}")
    said = {descriptor.status for descriptor in update.descriptors.data}
    if update.should_delete or not said:
        return SetAside("deleted")
    if "NON_MALICIOUS" in said:
        return SetAside("disputed" if "MALICIOUS" in said else "marked as harmless")
    tags = {tag for each in update.descriptors.data for tag in each.tags}
    confirmed = () if "MALICIOUS" in said else (UNVERIFIED,)
    found = hash_or_error(place, "indicator", update.indicator)
    return NewEntry(found, update.id, (*sorted(tags), *confirmed))


def _hash_record(place: Place, record: HashRecord) -> Item:
    if record.signal_type != IMAGE_PDQ:
        return SetAside(f"signal type {record.signal_type}")
    if record.status in ("Withdrawn", "Deleted"):
        return SetAside(record.status.lower())
    return NewEntry(hash_or_error(place, "hashValue", record.value), tags=(UNVERIFIED,))


def _item(
    place: Place, document: Any, kind: type[Record], read: Callable[[Place, Record], Item]
) -> Item:
    try:
        return read(place, kind.model_validate(document))
    except ValidationError as error:
        first = error.errors()[0]
        return place.error(".".join(map(str, first["loc"])), first["msg"])
    except DataError as error:
        return error


def _documents(file: Path, member: str | None = None) -> Iterator[tuple[Place, Any]]:
    """The records of a file, or those in this member of each of its documents."""
    for place, document in _whole(file):
        inner = document.get(member) if member and isinstance(document, dict) else document
        if not isinstance(inner, list):
            yield place, inner
            continue
        for number, each in enumerate(inner):
            yield Place(file, place.line, f"{member or ''}[{number}]"), each


def _whole(file: Path) -> Iterator[tuple[Place, Any]]:
    """The document of a file, or those of its lines if the first line is one by itself."""
    with file.open(encoding="utf-8-sig") as stream:
        try:
            first = _parsed(file, stream.readline(), 1)
        except DataError:
            stream.seek(0)
            yield Place(file), _parsed(file, stream.read(), 1)
            return
        yield Place(file, 1), first
        for number, line in enumerate(stream, 2):
            if line.strip():
                yield Place(file, number), _parsed(file, line.strip(), number)


def _parsed(file: Path, text: str, line: int) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = line + error.lineno - 1
        raise DataError(f"not JSON: {error.msg}", file=file, line=where) from error
    except RecursionError as error:
        raise DataError("nested too deep", file=file, line=line) from error
