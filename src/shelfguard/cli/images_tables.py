"""What the picture commands print for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn
from rich.table import Table

from shelfguard.cli.pack_tables import console
from shelfguard.images.banks.bank import Bank
from shelfguard.images.banks.changes import Change
from shelfguard.images.banks.entries import Entry
from shelfguard.images.banks.match import Match
from shelfguard.images.hashes.hashed_file import HashedFile
from shelfguard.images.hashes.picture_hash import MIN_QUALITY
from shelfguard.progress import ProgressBar
from shelfguard.report.marks import visible

Passed = TypeVar("Passed")

PROBLEMS_SHOWN = 10
"""The table that `images index` writes names all."""


class Bar(ProgressBar):
    """A progress bar on stderr, where a person watches."""

    def __init__(self, total: int, *, shown: bool) -> None:
        super().__init__(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), shown=shown)
        self._progress.update(self._task, total=total)

    def step(self, done: Passed) -> Passed:
        """One more is done; it is passed on."""
        self._progress.advance(self._task)
        return done


@dataclass(slots=True)
class Counts:
    """How many files hold a picture, are of too low a quality to match, and hold none."""

    hashed: int = 0
    low_quality: int = 0
    unread: int = 0
    problems: tuple[str, ...] = ()

    def add(self, file: HashedFile) -> HashedFile:
        """Count a file and pass it on."""
        self.hashed += file.hash is not None
        self.low_quality += file.hash is not None and not file.hash.reaches(MIN_QUALITY)
        self.unread += file.hash is None
        if file.problem and len(self.problems) < PROBLEMS_SHOWN:
            self.problems += (f"{file.picture}: {file.problem}",)
        return file

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def print_counts(counts: Counts, end: str) -> None:
    """The first problems, and a line of counts."""
    out = console()
    for problem in counts.problems:
        out.print(visible(problem), soft_wrap=True)
    low = f"{counts.low_quality:,} of a quality below {MIN_QUALITY}"
    said = f"Hashed {counts.hashed:,} pictures, {low}; {counts.unread:,} files hold none. {end}"
    out.print(visible(said), soft_wrap=True)


def print_matches(found: Sequence[tuple[str, Sequence[Match]]]) -> None:
    """A line for each match."""
    if not found:
        return
    table = Table()
    table.add_column("Picture", overflow="fold")
    table.add_column("Bank", overflow="fold")
    for name in ("Entry", "Bits apart"):
        table.add_column(name, justify="right")
    for picture, matches in found:
        for each in matches:
            numbers = (str(each.entry), str(each.distance))
            table.add_row(visible(picture), visible(each.bank), *numbers)
    console().print(table)


def print_banks(banks: Iterable[Bank]) -> None:
    """Banks, one line each."""
    table = Table()
    for name in ("Bank", "Clauses", "Supplier", "Terms", "Received"):
        table.add_column(name, overflow="fold")
    table.add_column("Bits apart", justify="right")
    table.add_column("Entries", justify="right")
    for bank in banks:
        card = bank.card
        texts = (card.name, ", ".join(card.clauses), card.supplier, card.terms, str(card.received))
        table.add_row(*map(visible, texts), f"≤ {card.max_distance}", f"{len(bank):,}")
    console().print(table)


def print_entries(bank: Bank, entries: Sequence[Entry]) -> None:
    """Entries, one line each."""
    if not entries:
        return
    table = Table("Entry", title=visible(bank.card.name))
    for name in ("Hash", "Quality", "Tags", "Source", "Added", "By"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        new = entry.new
        quality = "" if new.hash.quality is None else str(new.hash.quality)
        day = f"{entry.added_at:%Y-%m-%d}"
        texts = (", ".join(new.tags), new.source or "", day, entry.added_by)
        table.add_row(str(entry.id), new.hash.hex(), quality, *map(visible, texts))
    console().print(table)


def print_changes(bank: Bank, changes: Sequence[Change]) -> None:
    """A bank's log, one line a change."""
    if not changes:
        return
    table = Table("When", "Who", "What", "Entries", "Because", title=visible(bank.card.name))
    for change in changes:
        count = f"{change.entries or len(change.removed):,}"
        texts = (change.who, change.what, count, change.because or "")
        table.add_row(f"{change.when:%Y-%m-%d %H:%M:%S}", *map(visible, texts))
    console().print(table)


def bank_as_dict(bank: Bank, entries: Sequence[Entry], changes: Sequence[Change]) -> dict[str, Any]:
    """A bank with some entries and changes, for JSON."""
    return {
        "folder": str(bank.folder),
        **bank.card.model_dump(mode="json"),
        "active": len(bank),
        "entries": [entry.as_dict() for entry in entries],
        "changes": [change.model_dump(mode="json", exclude_defaults=True) for change in changes],
    }
