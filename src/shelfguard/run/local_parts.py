"""Chunks on disk: each a folder that is there whole, or not at all."""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa

from shelfguard.durable import sync
from shelfguard.objects import place
from shelfguard.run.counts import Counts
from shelfguard.run.part import Part
from shelfguard.run.parts import FeedFile

COUNTS = "counts.json"

_LZ4 = pa.ipc.IpcWriteOptions(compression="lz4")
_FILE = re.compile(r"file-(\d+)\.json")


class LocalPart(Part):
    """A folder of its own while it is written; to commit is to rename it."""

    def __init__(self, final: Path) -> None:
        self.final = final
        # Another attempt at this chunk may be at work in another process.
        self.folder = final.with_name(f"{final.name}.{uuid4().hex}.tmp")
        self.folder.mkdir()

    def write_table(self, name: str, table: pa.Table) -> None:
        path = str(self.folder / f"{name}.arrow")
        with (
            pa.OSFile(path, "wb") as sink,
            pa.ipc.new_file(sink, table.schema, options=_LZ4) as file,
        ):
            file.write_table(table)

    def write(self, name: str, suffix: str, data: bytes) -> None:
        (self.folder / f"{name}.{suffix}").write_bytes(data)

    def flush(self) -> None:
        for path in self.folder.iterdir():
            sync(path)

    def commit(self, counts: Counts) -> None:
        (self.folder / COUNTS).write_text(json.dumps(counts.to_json()), "utf-8")
        sync(self.folder / COUNTS)
        sync(self.folder)
        try:
            self.folder.rename(self.final)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
            shutil.rmtree(self.folder)
        sync(self.final.parent)


@dataclass(frozen=True, slots=True)
class LocalParts:
    """The parts in a folder, which every worker must see under the same path."""

    folder: Path

    def part(self, index: int) -> LocalPart:
        return LocalPart(self.path(index))

    def path(self, index: int) -> Path:
        """Where the part of a committed chunk lies."""
        return self.folder / f"{index:08d}"

    def committed(self) -> set[int]:
        names = (path.name for path in self.folder.glob("*"))
        return {int(name) for name in names if re.fullmatch(r"\d{8,}", name)}

    def counts(self, indexes: Iterable[int]) -> Iterator[Counts]:
        for index in indexes:
            yield Counts.from_json(json.loads((self.path(index) / COUNTS).read_text("utf-8")))

    def end_file(self, number: int, file: FeedFile) -> None:
        place(self.folder / f"file-{number}.json").write(json.dumps(asdict(file)).encode())

    def ended_files(self) -> dict[int, FeedFile]:
        found = ((_FILE.fullmatch(path.name), path) for path in self.folder.glob("file-*"))
        return {
            int(match[1]): FeedFile(**json.loads(path.read_text("utf-8")))
            for match, path in found
            if match
        }

    def clear_leftovers(self) -> None:
        """Remove what a killed run left half done; call only while no worker writes."""
        for path in self.folder.glob("*.tmp"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def read_table(path: Path) -> pa.Table:
    """One table of a part."""
    with pa.OSFile(str(path)) as source:
        return pa.ipc.open_file(source).read_all()
