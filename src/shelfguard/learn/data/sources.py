"""Read everything that a dataset is built from, in an order that the user cannot change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import shorten
from typing import Any

from shelfguard.errors import DataError, FeedError
from shelfguard.learn.data.catalog import CATALOG, UNLABELLED, Progress, Sampling, read_catalog
from shelfguard.learn.data.collected import Collected, together
from shelfguard.learn.data.dataset import file_digest
from shelfguard.learn.data.judgements import Judgements
from shelfguard.learn.data.label_files import is_label_file
from shelfguard.learn.data.written import read_written
from shelfguard.policy.pack import Pack


@dataclass(frozen=True, slots=True)
class Sources:
    """Feeds and folders of feeds; among `given`, label files too.

    Rows of `unlabelled` feeds are not presumed innocent. `licences` go by the name of a source.
    """

    given: Sequence[Path] = ()
    unlabelled: Sequence[Path] = ()
    sampling: Sampling = field(default_factory=Sampling)
    licences: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """All listings with what was said of them, and counts of what was left aside."""

    collected: Collected
    judgements: Judgements
    counts: dict[str, Any]


def read_sources(pack: Pack, sources: Sources, progress: Progress) -> Found:
    """The pack's rows and those of every feed, each listing once, with the labels applied.

    Raises:
        DataError: a label file holds no labels or those of other clauses; a licence is of no
            source.
        FeedError: a feed that was named cannot be read.
        PackError: the pack's rows are broken.
    """
    labels = [file for file in _distinct(sources.given) if is_label_file(file)]
    judgements = Judgements.read(labels, pack.clauses)
    catalogs, skipped = _catalogs(sources, judgements, progress)
    collected, twice = together([*read_written(pack), *catalogs])
    known = {entry.content_hash for entry in collected.entries}
    unmatched = judgements.unmatched(known)
    counts = {"skipped": skipped, "listed_twice": twice, "unmatched": unmatched}
    judged = _licensed(judgements.apply(collected), sources.licences)
    return Found(judged, judgements, counts)


def _catalogs(
    sources: Sources, judgements: Judgements, progress: Progress
) -> tuple[list[Collected], dict[str, str]]:
    """The catalogs, and why files of a folder were skipped. Named files must be readable."""
    catalogs, skipped, seen = [], {}, set()
    named = {*sources.given, *sources.unlabelled}
    kinds = {UNLABELLED: sources.unlabelled, CATALOG: sources.given}
    for kind, paths in kinds.items():
        for file in _distinct(paths):
            digest = file_digest(file)
            if digest in seen or is_label_file(file):
                continue
            seen.add(digest)
            try:
                known = judgements.reviewed
                catalogs.append(read_catalog(file, kind, sources.sampling, known, progress))
            except FeedError as error:
                if file in named:
                    raise
                skipped[file.name] = shorten(error.problem, 100)
    return catalogs, dict(sorted(skipped.items()))


def _distinct(paths: Iterable[Path]) -> list[Path]:
    """Files of different content, folders opened, by name and content."""
    named = sorted((file.name, file_digest(file), file) for file in _files(paths))
    first = {digest: file for _, digest, file in reversed(named)}
    return [file for _, digest, file in named if first[digest] == file]


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (f for f in path.iterdir() if f.is_file() and not f.name.startswith("."))
        elif path.is_file():
            yield path
        else:
            raise DataError("no such file or folder", file=path, fix="Check --from")


def _licensed(collected: Collected, licences: Mapping[str, str]) -> Collected:
    """With the licences that the user names in place of those found beside the sources."""
    names = {source["name"] for source in collected.sources}
    if strange := sorted(licences.keys() - names):
        fix = f"Sources are: {', '.join(sorted(names))}"
        raise DataError(f"a licence is given for {strange[0]}, which is no source", fix=fix)
    sources = [
        {**source, "licence": licences.get(source["name"], source.get("licence"))}
        for source in collected.sources
    ]
    return replace(collected, sources=sources)
