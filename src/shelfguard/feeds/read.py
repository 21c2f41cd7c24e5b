"""Reads a feed of any known format into batches of listings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from shelfguard.errors import FeedError
from shelfguard.feeds.build import Builder
from shelfguard.feeds.chunk import Chunk, Quarantined, excerpt
from shelfguard.feeds.columns import Rows
from shelfguard.feeds.formats import detect, source
from shelfguard.feeds.mapping import Mapping, load_mapping
from shelfguard.feeds.seen import SeenIds
from shelfguard.feeds.stream import Bytes
from shelfguard.listing import Batch


class Feed:
    """An open feed: iterate for chunks, read `bytes_read` of `total_bytes` for progress.

    The same file with the same arguments gives the same chunks.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        format: str | None = None,  # noqa: A002 (the word that users know)
        mapping: Path | None = None,
        lang: str | None = None,
        market: str | None = None,
    ) -> None:
        self.path = Path(path)
        self._stream = Bytes(self.path)
        self.format = format or detect(self.path)
        self.uri = str(path)
        self._warnings: Counter[str] = Counter()
        self._mapping = load_mapping(mapping) if mapping else Mapping()
        self._builder = Builder(self.format, self.uri, lang, market, self._warnings)
        self._seen = SeenIds()

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
                chunk = self._chunk(run)
                read += chunk.rows
                if number >= skip:
                    yield chunk
        finally:
            self._stream.close()
        if not read:
            raise FeedError("has no rows", file=self.path, fix="Export the feed again.")

    def _chunk(self, run: Rows) -> Chunk:
        ids, bad = self._check(run)
        good = [i for i, id_ in enumerate(ids) if id_ is not None]
        rows, numbers = [run.rows[i] for i in good], [run.numbers[i] for i in good]
        if rows:
            batch = self._builder.build(
                [ids[i] or "" for i in good], numbers, run.shape.columns(rows)
            )
        else:
            batch = Batch.from_records([])
        warnings = Counter(self._warnings)
        self._warnings.clear()
        quarantined = sorted(bad, key=lambda q: q.row or 0)
        return Chunk(batch, quarantined, warnings, len(run))

    def _check(self, run: Rows) -> tuple[list[str | None], list[Quarantined]]:
        """Ids of rows that can become listings, None for others, and why these cannot."""
        bad = list(run.bad)
        ids = self._ids(run)
        titled = run.shape.titled(run.rows)
        known = [i for i, ok in enumerate(titled) if ok]
        numbers = [run.numbers[i] for i in known]
        first = dict(
            zip(known, self._seen.first_rows([ids[i] for i in known], numbers), strict=True)
        )
        checked: list[str | None] = list(ids)
        for i, number in enumerate(run.numbers):
            if not titled[i]:
                bad.append(self._reject(run, i, "title", "has no title"))
            elif first[i] != number:
                bad.append(self._reject(run, i, "id", f"repeats the id of row {first[i]}"))
            else:
                continue
            checked[i] = None
        return checked, bad

    def _ids(self, run: Rows) -> list[str]:
        given = run.shape.ids(run.rows)
        ids = [str(v).strip() if v is not None else "" for v in given]
        if missing := ids.count(""):
            self._warnings["id is missing"] += missing
            name = self.path.name
            ids = [v or f"{name}:{n}" for v, n in zip(ids, run.numbers, strict=True)]
        return ids

    def _reject(self, run: Rows, i: int, field: str, reason: str) -> Quarantined:
        row = excerpt(run.rows[i])
        return Quarantined(self.path.name, run.lines[i], run.numbers[i], field, reason, row)


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
