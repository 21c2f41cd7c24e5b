"""A whole catalog: chunk by chunk, each committed before it counts; on this machine by default."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shelfguard import __version__
from shelfguard.config import Settings
from shelfguard.decision import Mode
from shelfguard.engine.picture_source import PictureSource
from shelfguard.errors import RunError
from shelfguard.learn.registry.fetch import PinnedModel
from shelfguard.objects import is_remote
from shelfguard.policy.pack import Pack
from shelfguard.run.counts import Counts
from shelfguard.run.crew import Crew, EngineName, hire
from shelfguard.run.export import Format
from shelfguard.run.folder import Folder
from shelfguard.run.identity import Feeds, Identity, Source, file_digest
from shelfguard.run.output import Output, Table, Wanted
from shelfguard.run.parts import FeedFile, total
from shelfguard.run.pictures import PICTURES
from shelfguard.run.reading import Reading, complete
from shelfguard.run.source import feed_record
from shelfguard.run.stored import Stored
from shelfguard.run.worker import Build, Profile, Sink

PICTURE_ROWS = 64
"""Listings decided and committed together where their pictures are looked at: half a minute."""


@dataclass(frozen=True, slots=True)
class Options:
    """What to scan and how, into a folder or the URL of one.

    All but `engine`, `workers`, `resume` and `overwrite` shape the result.
    """

    feed: Source
    out: Path | str
    feed_format: str | None = None
    mapping: Path | None = None
    export: Format | None = None
    scores: Path | None = None
    table: Table | None = None
    market: str | None = None
    mode: Mode = "shadow"
    model: PinnedModel | None = None
    images: PictureSource | None = None
    engine: EngineName = "local"
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
            "table": self.table,
            "market": self.market,
            "mode": self.mode,
            "model": self.model and self.model.to_json(),
            "images": self.images and self.images.to_json(),
        }


@dataclass(slots=True)
class Progress:
    """How far a run has come."""

    bytes_total: int
    decided_now: int = 0
    counts: Counts = field(default_factory=Counts)


Watch = Callable[[Progress], None]
Publish = Callable[[Path, Pack], None]
"""Writes what is made from a finished scan: notices to sellers, the report."""


def scan(
    options: Options, pack: Pack, build: Build, *, publish: Publish, watch: Watch
) -> dict[str, Any]:
    """Decide every listing of a feed into a folder; gives the content of its `run.json`.

    `publish` is for folders of this machine.

    Raises:
        FeedError: the feed as a whole cannot be read.
        RunError: the folder cannot take this run, or a worker died.
        ModelError: a model file is missing or not the pinned one.
        StoreError: an object store cannot be reached, or refuses.
    """
    output = output_at(options.out)
    sink = _sink(options, output)
    with output.locked():
        feeds = Feeds.find(options.feed)
        # Workers are gone before their parts are: none of them writes into what is removed.
        with (
            output.forgotten_if_nothing_is_done(),
            hire(build, sink, options.workers, options.engine) as crew,
        ):
            run = Run(options, pack, output, feeds, crew.profile())
            run.decide(crew, watch)
        record = run.finish()
        if isinstance(output, Folder):
            publish(output.out, pack)
        output.close()
    return record


def output_at(out: Path | str) -> Output:
    """The output that a path or URL names."""
    url = str(out)
    return Stored(url) if is_remote(url) else Folder(Path(url.removeprefix("file://")))


def _sink(options: Options, output: Output) -> Sink:
    """Where workers write.

    Raises:
        RunError: the engine or the output cannot do what was asked for.
    """
    folder = output.out if isinstance(output, Folder) else None
    if options.images and (folder is None or options.engine != "local"):
        fix = "Leave out --engine, and give a local --out."
        raise RunError("pictures are looked at on this machine alone", fix=fix)
    if folder is None and (options.scores or options.export):
        fix = "Give a local --out, or leave out --scores and --format."
        problem = "an object store gets decisions as Parquet alone"
        raise RunError(problem, file=str(options.out), fix=fix)
    pictures = folder / PICTURES if folder and options.images else None
    return Sink(output.chunks, options.export, options.scores is not None, pictures)


def _settings(options: Options) -> Settings:
    """The operator's settings; with pictures, no chunk takes so long that much is lost."""
    settings = Settings.from_environment()
    rows = min(settings.chunk_rows, PICTURE_ROWS) if options.images else settings.chunk_rows
    return replace(settings, chunk_rows=rows)


class Run:
    """One attempt at a scan: the first, or one that continues another."""

    def __init__(
        self, options: Options, pack: Pack, output: Output, feeds: Feeds, profile: Profile
    ) -> None:
        self.options, self.pack, self.output = options, pack, output
        self.feeds, self.profile, self.settings = feeds, profile, _settings(options)
        self.started_at = output.open(
            self.identity(), resume=options.resume, overwrite=options.overwrite
        )
        self.start = time.perf_counter()
        self.progress = Progress(feeds.bytes)

    def identity(self) -> Identity:
        """Everything that can change a decision, and where chunks begin."""
        mapping = {"mapping": file_digest(self.options.mapping)}
        return {
            "shelfguard": __version__,
            "pack": self.pack.sha256,
            "models": self.profile.models,
            **self.feeds.identity,
            "options": self.options.to_json() | asdict(self.settings) | mapping,
        }

    def decide(self, crew: Crew, watch: Watch) -> None:
        """Decide every chunk that no earlier attempt has committed."""
        done = self.output.chunks.committed()
        self.progress.counts.add(total(self.output.chunks.counts(done)))
        for counts in crew.decide(self._reading(frozenset(done))):
            self.progress.decided_now += counts.decided
            self.progress.counts.add(counts)
            watch(self.progress)

    def _reading(self, done: frozenset[int]) -> Reading:
        options, chunks = self.options, self.output.chunks
        return Reading(
            self.feeds.files,
            chunks,
            self.settings.chunk_rows,
            format=options.feed_format,
            mapping=options.mapping,
            market=options.market,
            done=done,
            ended=chunks.ended_files(),
        )

    def finish(self) -> dict[str, Any]:
        """Make the result of the parts and write `run.json`."""
        options, start = self.options, time.perf_counter()
        files = complete(self.feeds.files, self.output.chunks)
        indexes = [index for number, file in files.items() for index in file.indexes(number)]
        wanted = Wanted(self.profile.clauses, options.export, options.scores, options.table)
        result = self.output.merge(indexes, wanted)
        # Read back, so that they are those of what is there.
        counts = total(self.output.chunks.counts(indexes))
        counts.spend("merge", counts.decided, time.perf_counter() - start)
        record = self._record(counts, list(files.values())) | result
        self.output.write_record(record)
        return record

    def _record(self, counts: Counts, files: list[FeedFile]) -> dict[str, Any]:
        seconds = time.perf_counter() - self.start
        return {
            "shelfguard": __version__,
            "pack": {
                "label": self.pack.label,
                "root": str(self.pack.root.resolve()),
                "sha256": self.pack.sha256,
            },
            "models": [{"name": n, "sha256": d} for n, d in sorted(self.profile.models.items())],
            **feed_record(files),
            "options": self.options.to_json() | asdict(self.settings),
            "counts": counts.summary(),
            "stages": counts.stages(),
            "seconds": round(seconds, 6),
            "started_at": self.started_at,
            "finished_at": datetime.now(UTC).isoformat(),
            "engine": self.options.engine,
            "workers": self.options.workers,
            "rows_per_second": round(self.progress.decided_now / seconds, 1),
        }
