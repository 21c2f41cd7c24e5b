"""Chunks in an object store: files that nobody names, until a manifest names them all."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.objects import Place, place
from shelfguard.run.counts import Counts
from shelfguard.run.merge import REPEATING
from shelfguard.run.part import DECISIONS, Part
from shelfguard.run.parts import FeedFile

MANIFESTS, FILES = "parts/", "files/"
"""Folders of small JSON objects: one a committed chunk, one a feed file that was read."""

AT_ONCE = 16
"""Objects read together: a store answers each in some tens of milliseconds."""

Manifest = dict[str, Any]
"""`attempt`, the `files` of a chunk with bytes, SHA-256 and rows of tables, and its `counts`."""


class StoredPart(Part):
    """Files under names that no other attempt has; to commit is to create the manifest first."""

    def __init__(self, out: Place, index: int) -> None:
        self.out, self.name, self.attempt = out, _name(index), uuid4().hex
        self.files: list[dict[str, Any]] = []

    def write_table(self, name: str, table: pa.Table) -> None:
        sink = pa.BufferOutputStream()
        repeating = list(REPEATING) if name == DECISIONS else False
        pq.write_table(table, sink, compression="zstd", use_dictionary=repeating)
        self.write(name, "parquet", sink.getvalue().to_pybytes())
        self.files[-1]["rows"] = table.num_rows

    def write(self, name: str, suffix: str, data: bytes) -> None:
        path = f"{name}/{self.name}.{self.attempt}.{suffix}"
        (self.out / path).write(data)
        digest = hashlib.sha256(data).hexdigest()
        self.files.append({"name": path, "bytes": len(data), "sha256": digest})

    def flush(self) -> None:
        """Nothing is left to do: what a store has taken it keeps."""

    def commit(self, counts: Counts) -> None:
        manifest = {"attempt": self.attempt, "files": self.files, "counts": counts.to_json()}
        target = self.out / f"{MANIFESTS}{self.name}.json"
        if target.create(json.dumps(manifest).encode()):
            return
        # A store's answer may get lost: the manifest that is there can be this one.
        if json.loads(target.read())["attempt"] != self.attempt:
            for file in self.files:
                (self.out / file["name"]).remove()


@dataclass(frozen=True, slots=True)
class StoredParts:
    """The parts under a URL."""

    url: str

    def part(self, index: int) -> StoredPart:
        return StoredPart(place(self.url), index)

    def committed(self) -> set[int]:
        return set(self._numbered(MANIFESTS))

    def counts(self, indexes: Iterable[int]) -> Iterator[Counts]:
        for manifest in self.manifests(indexes):
            yield Counts.from_json(manifest["counts"])

    def manifests(self, indexes: Iterable[int]) -> Iterator[Manifest]:
        """The manifest of each of these committed chunks."""
        return self._read(f"{MANIFESTS}{_name(index)}.json" for index in indexes)

    def end_file(self, number: int, file: FeedFile) -> None:
        (place(self.url) / f"{FILES}{number:08d}.json").write(json.dumps(asdict(file)).encode())

    def ended_files(self) -> dict[int, FeedFile]:
        found = self._numbered(FILES)
        records = self._read(found.values())
        return {n: FeedFile(**record) for n, record in zip(found, records, strict=True)}

    def _numbered(self, folder: str) -> dict[int, str]:
        names = place(self.url).names(folder)
        found = ((re.fullmatch(rf"{folder}(\d+)\.json", name), name) for name in names)
        return {int(match[1]): name for match, name in found if match}

    def _read(self, names: Iterable[str]) -> Iterator[dict[str, Any]]:
        out = place(self.url)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(lambda name: json.loads((out / name).read()), names)


def _name(index: int) -> str:
    """Digits enough for a million files, so that a store lists chunks in the feed's order."""
    return f"{index:012d}"
