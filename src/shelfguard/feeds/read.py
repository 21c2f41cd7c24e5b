"""Reads a feed of any known format into batches of listings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from shelfguard.errors import FeedError
from shelfguard.feeds.admit import Admission
from shelfguard.feeds.build import Builder
from shelfguard.feeds.chunk import Chunk
from shelfguard.feeds.formats import detect, source
from shelfguard.feeds.mapping import Mapping, load_mapping
from shelfguard.feeds.stream import Bytes


class Feed:
    """An open feed: iterate for chunks, read `bytes_read` of `total_bytes` for progress.

    The same file with the same arguments gives the same chunks. Rows without an id are named
    after the file, or after `name` where it had another one.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        format: str | None = None,  # noqa: A002 (the word that users know)
        mapping: Path | None = None,
        lang: str | None = None,
        market: str | None = None,
        name: str | None = None,
    ) -> None:
        self.path = Path(path)
        self._stream = Bytes(self.path)
        self.format = format or detect(self.path)
        self.uri = str(path)
        self._warnings: Counter[str] = Counter()
        self._mapping = load_mapping(mapping) if mapping else Mapping()
        builder = Builder(self.format, self.uri, lang, market, self._warnings)
        self._admission = Admission(self.path.name, name or self.path.name, builder)

    @property
    def total_bytes(self) -> int:
        """Size of the file as stored."""
        return self._stream.total_bytes

    @property
    def bytes_read(self) -> int:
        """How far reading has come in the file as stored."""
        return self._stream.bytes_read

    def chunks(self, rows: int = 2048, skip: int = 0) -> Iterator[Chunk]:
        """Chunks of `rows` rows, after the first `skip` chunks, as a resumed run wants them.

        Raises:
            FeedError: the feed as a whole cannot be read.
        """
        runs = source(self.format, self._stream, self._mapping, self._warnings)
        read = 0
        try:
            for number, run in enumerate(runs(rows)):
                chunk = self._admission.chunk(run)
                read += chunk.rows
                if number >= skip:
                    yield chunk
        finally:
            self._stream.close()
        if not read:
            raise FeedError("has no rows", file=self.path, fix="Export the feed again.")


def read_feed(
    path: str | Path,
    *,
    format: str | None = None,  # noqa: A002
    mapping: Path | None = None,
    lang: str | None = None,
    market: str | None = None,
    rows: int = 2048,
    skip: int = 0,
) -> Iterator[Chunk]:
    """The chunks of a feed, `rows` rows each, without the first `skip` chunks.

    Raises:
        FeedError: the feed as a whole cannot be read; bad rows are quarantined instead.
    """
    feed = Feed(path, format=format, mapping=mapping, lang=lang, market=market)
    return feed.chunks(rows, skip)


def detect_format(path: str | Path) -> str:
    """The format of a feed, from its first bytes.

    Raises:
        FeedError: the file is missing, empty, or in no format that can be read.
    """
    return detect(Path(path))
