"""What the picture commands read: pictures, feeds that name some, and tables of their hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shelfguard.cli.images_tables import Bar, Counts
from shelfguard.engine.picture_source import CACHE, READINGS, PictureSource
from shelfguard.engine.vision import CACHE_BYTES
from shelfguard.errors import DataError
from shelfguard.feeds import Feed
from shelfguard.images.detectors import build_detectors
from shelfguard.images.fetch import Access, Fetcher, PictureCache
from shelfguard.images.hashes.feed import HASH, LISTINGS_AT_ONCE, hash_feed
from shelfguard.images.hashes.folder import hash_file, picture_files
from shelfguard.images.hashes.hashed_picture import HashedPicture, read_hashes
from shelfguard.images.hashes.input_kind import InputKind, kind_of
from shelfguard.images.reader import PictureReader
from shelfguard.images.reading_cache import ReadingCache


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How feeds are read, and where their pictures may come from: as `scan` has it."""

    image_root: list[Path] | None = None
    image_cache: Path | None = None
    allow: list[str] | None = None
    feed_format: str | None = None
    mapping: Path | None = None

    def source(self, feed: Path) -> PictureSource:
        """Where the pictures of a feed come from."""
        roots = tuple(self.image_root or [feed.parent])
        return PictureSource(roots, tuple(self.allow or ()), cache=self.image_cache or CACHE)


class Input:
    """Hashes what a person names, while counts and a bar keep up."""

    def __init__(self, options: FeedOptions, counts: Counts, bar: Bar) -> None:
        self._options, self._counts, self._bar = options, counts, bar

    def pictures(self, paths: Iterable[Path]) -> Iterator[HashedPicture]:
        """All pictures, whatever names them.

        Raises:
            DataError: there is no such file, or it is no table.
            FeedError: it is no feed.
        """
        for path in paths:
            yield from map(self._counts.add, self._of(path))

    def pictures_of(self, path: Path) -> Iterator[HashedPicture]:
        """The pictures that a path leads to, unless it is a table of hashes already.

        Raises:
            DataError: it is one.
        """
        if kind_of(path) is InputKind.TABLE:
            fix = "Name the feed or the folder that it is of"
            raise DataError("is a table of hashes already", file=path, fix=fix)
        return self.pictures([path])

    def _of(self, path: Path) -> Iterator[HashedPicture]:
        kind = kind_of(path)
        if kind is InputKind.TABLE:
            return read_hashes(path)
        return self._of_feed(path) if kind is InputKind.FEED else self._of_files(path)

    def _of_files(self, path: Path) -> Iterator[HashedPicture]:
        files = list(picture_files([path]))
        return self._bar.watch(map(hash_file, files), len(files))

    def _of_feed(self, path: Path) -> Iterator[HashedPicture]:
        options = self._options
        feed = Feed(path, format=options.feed_format, mapping=options.mapping)
        chunks = map(self._counts.add_chunk, feed.chunks(LISTINGS_AT_ONCE))
        with _reader(options.source(path)) as reader:
            pictures = hash_feed(chunks, reader)
            yield from self._bar.watch(pictures, feed.total_bytes, lambda: feed.bytes_read)


@contextmanager
def _reader(source: PictureSource) -> Iterator[PictureReader]:
    """What fetches and hashes pictures, as long as the context lasts."""
    access = Access.allowing(*source.allow)
    with (
        PictureCache(source.cache, CACHE_BYTES) as kept,
        Fetcher(source.roots, access=access, cache=kept) as fetcher,
        ReadingCache(source.cache / READINGS) as readings,
    ):
        yield PictureReader(fetcher, build_detectors([HASH], {}), readings)
