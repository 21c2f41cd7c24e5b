"""Banks of known pictures: folders of hashes, never of pictures, whose every change is logged.

`bank.json` says what the bank is, `changes.jsonl` who added or removed what, when and why, and
`entries/` holds what each change added, in files that never change. `index` is made from these,
once there are enough entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shelfguard.chained_log import ChainedLog, Writer
from shelfguard.errors import DataError, FindingsError
from shelfguard.images.banks.card import BankCard
from shelfguard.images.banks.changes import Change, removed, total
from shelfguard.images.banks.entries import (
    SCHEMA,
    Entry,
    NewEntry,
    read_entries,
    read_hashes,
    words_of,
    write_entries,
)
from shelfguard.images.hashes.hamming import Hits, Words
from shelfguard.images.hashes.index import HashIndex
from shelfguard.images.hashes.live_index import LiveIndex
from shelfguard.models.source import digest

CARD, LOG, ENTRIES, INDEX = "bank.json", "changes.jsonl", "entries", "index"

ENTRIES_AT_ONCE = 1 << 18
"""Written as one file and one change, so that an import of any size fits into memory."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of entries: ids from `first` on were given to `count` of them."""

    first: int
    count: int
    known: int
    low_quality: int


class Bank:
    """An open bank. Other processes' changes are seen when it is opened again, or changed."""

    def __init__(self, folder: Path) -> None:
        """Open a bank.

        Raises:
            DataError: the folder holds no bank, or its files cannot be read.
            FindingsError: its log was tampered with.
        """
        self.folder, self.card = folder, BankCard.read(folder / CARD)
        self._log = ChainedLog(folder / LOG, Change)
        index = self._open_index()  # before the log, which then names all that is in it
        self._load(index, self._log.read())

    @classmethod
    def create(cls, folder: Path, card: BankCard, who: str) -> Bank:
        """Make an empty bank.

        Raises:
            DataError: there is something in the folder.
        """
        if folder.exists() and any(folder.iterdir()):
            raise DataError("is not empty", file=folder, fix="Name a new folder")
        (folder / ENTRIES).mkdir(parents=True)
        card.write(folder / CARD)
        with ChainedLog(folder / LOG, Change).writing() as log:
            log.append(Change(who=who, what="create", file=CARD, sha256=digest(folder / CARD)))
        return cls(folder)

    def __len__(self) -> int:
        return total(self.changes) - len(self._removed)

    def search(self, queries: Words) -> Hits:
        """The entries within the bank's distance of each of [queries, 4]; row r is id r + 1."""
        return self._live.search(queries)

    def entries(self) -> Iterator[Entry]:
        """All entries that are not removed, in the order of adding."""
        for file, _ in self._files():
            yield from (each for each in read_entries(file) if each.id not in self._removed)

    def find(self, ids: Iterable[int]) -> dict[int, Entry]:
        """Entries by id, removed ones too; ids that were never given are left out."""
        wanted, found, first = set(ids), dict[int, Entry](), 1
        for file, count in self._files():
            if inside := wanted.intersection(range(first, first + count)):
                found |= {entry.id: entry for entry in read_entries(file, sorted(inside))}
            first += count
        return found

    def add(
        self,
        entries: Iterable[NewEntry],
        who: str,
        because: str | None = None,
        what: Literal["add", "import"] = "add",
    ) -> Added:
        """Add hashes, but those that the bank has and those of too low a quality.

        Many are added in several changes: where it ends early, what was added stays, and all can be
        added again.
        """
        stream, counts = iter(entries), Counter[str]()
        with self._log.writing() as log:
            self._load(self._open_index(), log.lines)
            first, known = total(log.lines) + 1, self._active_hashes().chunks
            while some := list(islice(stream, ENTRIES_AT_ONCE)):
                good = [new for new in some if new.hash.reaches(self.card.min_quality)]
                fresh = _unknown(good, known)
                counts.update(known=len(good) - len(fresh), low_quality=len(some) - len(good))
                if fresh:
                    known.append(_hashes(fresh))
                    self._append(fresh, log, Change(who=who, what=what, because=because))
            if self._live.rebuild_due:
                self._live.rebuild()
            count = total(log.lines) + 1 - first
        return Added(first, count, counts["known"], counts["low_quality"])

    def remove(self, ids: Iterable[int], who: str, because: str) -> None:
        """Remove entries: they match no more, but files and log still tell of them.

        Raises:
            DataError: the bank has no such entry.
        """
        chosen = sorted(set(ids))
        with self._log.writing() as log:
            last, gone = total(log.lines), removed(log.lines)
            if missing := [n for n in chosen if not 1 <= n <= last or n in gone]:
                problem = f"has no entry {', '.join(map(str, missing))}"
                raise DataError(problem, file=self.folder, fix="List them: images bank list")
            log.append(Change(who=who, what="remove", because=because, removed=tuple(chosen)))
            self._load(self._open_index(), log.lines)

    def verify(self) -> None:
        """Compare all files with their digests; the log's own chain is checked on opening.

        Raises:
            DataError: the index was changed.
            FindingsError: another file was.
        """
        for change in self.changes:
            if change.file and digest(self.folder / change.file) != change.sha256:
                file, fix = self.folder / change.file, "Restore it from a backup"
                raise FindingsError("is not the file that the log names", file=file, fix=fix)
        if index := self._open_index():
            index.verify()

    def _load(self, index: HashIndex | None, changes: Sequence[Change]) -> None:
        if index and len(index) > total(changes):
            fix = "Remove the index: it is written anew from the entries"
            raise DataError(
                "knows entries that the log does not", file=self.folder / INDEX, fix=fix
            )
        self.changes, self._removed = changes, removed(changes)
        later = words_of(read_hashes(self._files(), len(index) if index else 0))
        rows = [number - 1 for number in self._removed]
        path, radius = self.folder / INDEX, self.card.max_distance
        self._live = LiveIndex(path, radius, index, later, rows)

    def _open_index(self) -> HashIndex | None:
        path = self.folder / INDEX
        return HashIndex.open(path) if path.exists() else None

    def _files(self) -> list[tuple[Path, int]]:
        """The files of entries, and how many each holds."""
        changes = (change for change in self.changes if change.entries)
        return [(self.folder / str(change.file), change.entries) for change in changes]

    def _active_hashes(self) -> pa.ChunkedArray:
        hashes = read_hashes(self._files())
        active = np.ones(len(hashes), np.bool_)
        active[[number - 1 for number in self._removed]] = False
        return hashes if active.all() else hashes.filter(pa.array(active))

    def _append(self, entries: Sequence[NewEntry], log: Writer[Change], change: Change) -> None:
        """Write a file of entries, then the line that makes it part of the bank."""
        first = total(log.lines) + 1
        name = f"{ENTRIES}/{len(self._files()) + 1:06}.parquet"
        numbered = enumerate(entries, first)
        stored = [Entry(number, new, change.when, change.who) for number, new in numbered]
        write_entries(self.folder / name, stored)
        written = {"file": name, "sha256": digest(self.folder / name), "entries": len(entries)}
        log.append(change.model_copy(update=written))
        self._live.add(words_of(pa.chunked_array([_hashes(entries)])))


def _unknown(entries: Sequence[NewEntry], known: Sequence[pa.Array]) -> list[NewEntry]:
    """Those with a hash that is neither known nor an earlier one's."""
    distinct: dict[bytes, NewEntry] = {}
    for new in entries:
        distinct.setdefault(new.hash.bits, new)
    values = pa.chunked_array(known, SCHEMA.field("hash").type)
    seen = pc.is_in(pa.array(distinct, values.type), value_set=values).to_pylist()
    return [new for new, old in zip(distinct.values(), seen, strict=True) if not old]


def _hashes(entries: Sequence[NewEntry]) -> pa.Array:
    return pa.array([new.hash.bits for new in entries], SCHEMA.field("hash").type)
