"""A whole catalog on this machine: chunk by chunk, each committed before it counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shelfguard import __version__
from shelfguard.config import Settings
from shelfguard.decision import Mode
from shelfguard.durable import write_json
from shelfguard.engine.picture_source import PictureSource
from shelfguard.feeds import Chunk, Feed
from shelfguard.learn.registry.fetch import PinnedModel
from shelfguard.policy.pack import Pack
from shelfguard.run.counts import Counts
from shelfguard.run.crew import Crew, hire
from shelfguard.run.export import Format
from shelfguard.run.folder import Folder
from shelfguard.run.identity import Identity, feed_identity, file_digest
from shelfguard.run.outputs import Outputs, total
from shelfguard.run.parts import clear_leftovers, committed, read_counts
from shelfguard.run.pictures import PICTURES
from shelfguard.run.worker import Build, Profile, Sink, Task

PICTURE_ROWS = 64
"""Listings decided and committed together where their pictures are looked at: half a minute."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to scan and how; all but `resume`, `overwrite` and `workers` shape the result."""

    feed: Path
    out: Path
    feed_format: str | None = None
    mapping: Path | None = None
    export: Format | None = None
    scores: Path | None = None
    market: str | None = None
    mode: Mode = "shadow"
    model: PinnedModel | None = None
    images: PictureSource | None = None
    workers: int = 1
    resume: bool = False
    overwrite: bool = False

    def to_json(self) -> dict[str, Any]:
        """The options that shape the result, as JSON values; paths hold from any folder."""
        return {
            "feed_format": self.feed_format,
            "mapping": self.mapping and str(self.mapping.resolve()),
            "format": self.export,
            "scores": self.scores and str(self.scores.resolve()),
            "market": self.market,
            "mode": self.mode,
            "model": self.model and self.model.to_json(),
            "images": self.images and self.images.to_json(),
        }


@dataclass(slots=True)
class Progress:
    """How far a run has come."""

    bytes_total: int
    bytes_read: int = 0
    decided_now: int = 0
    counts: Counts = field(default_factory=Counts)


Watch = Callable[[Progress], None]
Publish = Callable[[Path, Pack], None]
"""Writes what is made from a finished scan: notices to sellers, the report."""


def scan(
    options: Options, pack: Pack, build: Build, *, publish: Publish, watch: Watch
) -> dict[str, Any]:
    """Decide every listing of a feed into a folder; gives the content of its `run.json`.

    Raises:
        FeedError: the feed as a whole cannot be read.
        RunError: the folder cannot take this run, or a worker died.
        ModelError: a model file is missing or not the pinned one.
    """
    folder = Folder(options.out)
    kept = options.out / PICTURES if options.images else None
    sink = Sink(folder.parts, options.export, options.scores is not None, kept)
    with folder.locked():
        # Workers are gone before their parts are: none of them writes into what is removed.
        with folder.forgotten_if_nothing_is_done(), hire(build, sink, options.workers) as crew:
            run = Run(options, pack, folder, crew.profile())
            run.decide(crew, watch)
        record = run.finish()
        publish(options.out, pack)
        folder.close()
    return record


def _settings(options: Options) -> Settings:
    """The operator's settings; with pictures, no chunk takes so long that much is lost."""
    settings = Settings.from_environment()
    rows = min(settings.chunk_rows, PICTURE_ROWS) if options.images else settings.chunk_rows
    return replace(settings, chunk_rows=rows)


class Run:
    """One attempt at a scan: the first, or one that continues another."""

    def __init__(self, options: Options, pack: Pack, folder: Folder, profile: Profile) -> None:
        self.options, self.pack, self.folder, self.profile = options, pack, folder, profile
        self.settings = _settings(options)
        self.feed = Feed(
            options.feed,
            format=options.feed_format,
            mapping=options.mapping,
            market=options.market,
        )
        self.started_at = folder.open(
            self.identity(), resume=options.resume, overwrite=options.overwrite
        )
        self.start = time.perf_counter()
        clear_leftovers(folder.parts)
        self.done = committed(folder.parts)
        self.chunks = 0
        self.progress = Progress(self.feed.total_bytes)
        self.reading = 0.0

    def identity(self) -> Identity:
        """Everything that can change a decision, and where chunks begin."""
        mapping = {"mapping": file_digest(self.options.mapping)}
        return {
            "shelfguard": __version__,
            "pack": self.pack.sha256,
            "models": self.profile.models,
            "feed": feed_identity(self.options.feed),
            "options": self.options.to_json() | asdict(self.settings) | mapping,
        }

    def decide(self, crew: Crew, watch: Watch) -> None:
        """Decide every chunk that no earlier attempt has committed."""
        for counts in crew.decide(self._tasks()):
            self.progress.decided_now += counts.decided
            self.progress.counts.add(counts)
            watch(self.progress)

    def _tasks(self) -> Iterator[Task]:
        for chunk in self._chunks():
            index, self.chunks = self.chunks, self.chunks + 1
            if index in self.done:
                self.progress.counts.add(read_counts(self.folder.parts, index))
            else:
                bad = [asdict(row) for row in chunk.quarantined]
                yield Task(index, chunk.rows, chunk.batch, bad, dict(chunk.warnings))

    def _chunks(self) -> Iterator[Chunk]:
        """The feed's chunks, timed."""
        chunks = self.feed.chunks(self.settings.chunk_rows)
        while True:
            start = time.perf_counter()
            chunk = next(chunks, None)
            self.reading += time.perf_counter() - start
            self.progress.bytes_read = self.feed.bytes_read
            if chunk is None:
                return
            yield chunk

    def finish(self) -> dict[str, Any]:
        """Join the parts and write `run.json`."""
        options, start = self.options, time.perf_counter()
        outputs = Outputs(self.folder, self.profile.clauses, options.export, options.scores)
        outputs.merge(self.chunks)
        counts = total(self.folder, self.chunks)
        counts.spend("read", counts.read, self.reading)
        counts.spend("merge", counts.decided, time.perf_counter() - start)
        record = self._record(counts)
        write_json(self.folder / "run.json", record)
        return record

    def _record(self, counts: Counts) -> dict[str, Any]:
        seconds = time.perf_counter() - self.start
        return {
            "shelfguard": __version__,
            "pack": {
                "label": self.pack.label,
                "root": str(self.pack.root.resolve()),
                "sha256": self.pack.sha256,
            },
            "models": [{"name": n, "sha256": d} for n, d in sorted(self.profile.models.items())],
            "feed": {
                "uri": str(self.options.feed.resolve()),
                "format": self.feed.format,
                "bytes": self.feed.total_bytes,
            },
            "options": self.options.to_json() | asdict(self.settings),
            "counts": counts.summary(),
            "stages": counts.stages(),
            "seconds": round(seconds, 6),
            "started_at": self.started_at,
            "finished_at": datetime.now(UTC).isoformat(),
            "workers": self.options.workers,
            "rows_per_second": round(self.progress.decided_now / seconds, 1),
        }
