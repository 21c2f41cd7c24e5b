"""The files of a feed, and the same chunks of them on whatever machine they are read."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from shelfguard.errors import FeedError, RunError
from shelfguard.feeds import Chunk, Feed
from shelfguard.feeds.remote import staged
from shelfguard.listing import Batch
from shelfguard.objects import is_remote
from shelfguard.run.parts import CHUNKS_A_FILE, FeedFile, Parts
from shelfguard.run.worker import Task


@dataclass(frozen=True, slots=True)
class Reading:
    """How a feed is read; iterate for the tasks of all its files in order.

    Chunks with their index in `done` are read past, for the rows of a file depend on those before
    them. A file in `ended` whose chunks are all done is not opened. It can be sent to any process.
    """

    files: Sequence[str]
    parts: Parts
    chunk_rows: int
    format: str | None = None
    mapping: Path | None = None
    market: str | None = None
    done: frozenset[int] = frozenset()
    ended: Mapping[int, FeedFile] = field(default_factory=dict)
    base: Path = Path()
    """What relative paths are relative to."""

    def __iter__(self) -> Iterator[Task]:
        for number in range(len(self.files)):
            yield from self.tasks(number)

    def from_anywhere(self) -> Reading:
        """The same for processes that work in other folders."""
        mapping = self.mapping and self.mapping.absolute()
        return replace(self, base=Path.cwd(), mapping=mapping)

    def tasks(self, number: int) -> Iterator[Task]:
        """What is still to be decided of the file of this number.

        Raises:
            FeedError: the file as a whole cannot be read.
        """
        known = self.ended.get(number)
        if known and self.done.issuperset(known.indexes(number)):
            return
        uri, first, chunks = self.files[number], number * CHUNKS_A_FILE, 0
        with staged(uri if is_remote(uri) else str(self.base / uri)) as path:
            feed = Feed(path, format=self.format, mapping=self.mapping, market=self.market)
            for chunk, size, seconds in _measured(feed, self.chunk_rows):
                index, chunks = first + chunks, chunks + 1
                if index not in self.done:
                    batch = chunk.batch if feed.uri == uri else named_after(chunk.batch, uri)
                    yield _task(index, chunk, batch, size, seconds)
        self._end(number, FeedFile(uri, feed.format, feed.total_bytes, chunks))

    def _end(self, number: int, file: FeedFile) -> None:
        if file.chunks > CHUNKS_A_FILE:
            fix = "Split it, or have larger chunks with SHELFGUARD_CHUNK_ROWS."
            raise FeedError(f"has more than {CHUNKS_A_FILE:,} chunks", file=file.uri, fix=fix)
        self.parts.end_file(number, file)


def complete(files: Sequence[str], parts: Parts) -> dict[int, FeedFile]:
    """The files of a feed by number, every chunk of each committed.

    Raises:
        RunError: something is missing.
    """
    ended, committed = parts.ended_files(), parts.committed()
    for number, uri in enumerate(files):
        file = ended.get(number)
        if file is None or not committed.issuperset(file.indexes(number)):
            fix = "Decide the rest with --resume."
            raise RunError("was not decided to its end", file=uri, fix=fix)
    return {number: ended[number] for number in range(len(files))}


def _measured(feed: Feed, rows: int) -> Iterator[tuple[Chunk, int, float]]:
    """Each chunk with the stored bytes and the seconds that reading it took."""
    chunks, before = feed.chunks(rows), 0
    while True:
        start = time.perf_counter()
        chunk = next(chunks, None)
        if chunk is None:
            return
        now = feed.bytes_read
        yield chunk, now - before, time.perf_counter() - start
        before = now


def _task(index: int, chunk: Chunk, batch: Batch, size: int, seconds: float) -> Task:
    bad = [asdict(row) for row in chunk.quarantined]
    return Task(index, chunk.rows, batch, bad, dict(chunk.warnings), size, seconds)


def named_after(batch: Batch, uri: str) -> Batch:
    """The batch with this URI as its source, in place of the path of a copy."""
    at = batch.table.schema.get_field_index("source")
    source = batch.table.column(at).combine_chunks()
    names = [source.type.field(n).name for n in range(source.type.num_fields)]
    columns = [pa.repeat(uri, len(batch)) if n == "uri" else source.field(n) for n in names]
    named = pa.StructArray.from_arrays(columns, fields=list(source.type))
    return Batch(batch.table.set_column(at, batch.table.schema.field(at), named))
