"""What the picture commands print for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from shelfguard.cli.pack_tables import console
from shelfguard.errors import FeedError
from shelfguard.feeds import Chunk
from shelfguard.images.banks.match import Match
from shelfguard.images.banks.repeated import Group
from shelfguard.images.hashes.hashed_picture import HashedPicture
from shelfguard.images.hashes.picture_hash import MIN_QUALITY
from shelfguard.progress import ProgressBar
from shelfguard.report.marks import visible

Passed = TypeVar("Passed")

PROBLEMS_SHOWN = 10
"""The table that `images index` writes names all pictures without a hash."""

GROUPS_SHOWN = 20
NAMES_SHOWN = 5
"""Of a group's listings and sellers; JSON has all."""


class Bar(ProgressBar):
    """A progress bar on stderr, where a person watches."""

    def __init__(self, *, shown: bool) -> None:
        super().__init__(
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[count]:,} pictures"),
            shown=shown,
            count=0,
        )
        self._count = 0

    def watch(
        self, items: Iterable[Passed], total: int, reached: Callable[[], int] | None = None
    ) -> Iterator[Passed]:
        """Pass items on; `reached` tells how much of `total` is done, where that is not one an
        item."""
        self._progress.reset(self._task, total=total)
        for number, item in enumerate(items, 1):
            self._count += 1
            done = reached() if reached else number
            self._progress.update(self._task, completed=done, count=self._count)
            yield item


@dataclass(slots=True)
class Counts:
    """Pictures that have a hash, one of too low a quality to match, and none; of feeds also those
    of an unknown seller, listings, those without a picture, and rows that could not be read."""

    hashed: int = 0
    low_quality: int = 0
    unread: int = 0
    without_seller: int = 0
    listings: int = 0
    without_pictures: int = 0
    quarantined: int = 0
    warnings: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    """The first ones."""

    def add(self, hashed: HashedPicture) -> HashedPicture:
        """Count a picture and pass it on."""
        self.hashed += hashed.hash is not None
        self.low_quality += hashed.hash is not None and not hashed.hash.reaches(MIN_QUALITY)
        self.unread += hashed.hash is None
        self.without_seller += hashed.at is not None and not hashed.at.seller
        if hashed.problem:
            listing = f"{hashed.at.listing}: " if hashed.at else ""
            self._note(f"{listing}{hashed.picture}: {hashed.problem}")
        return hashed

    def add_chunk(self, chunk: Chunk) -> Chunk:
        """Count a feed's listings and pass them on."""
        pictures = chunk.batch.table.column("images").to_pylist()
        self.listings += len(pictures)
        self.without_pictures += sum(not each for each in pictures)
        self.quarantined += len(chunk.quarantined)
        self.warnings.update(chunk.warnings)
        for row in chunk.quarantined:
            self._note(str(FeedError(row.reason, file=row.file, line=row.line, field=row.field)))
        return chunk

    def as_dict(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def _note(self, problem: str) -> None:
        if len(self.problems) < PROBLEMS_SHOWN:
            self.problems.append(problem)


def print_counts(counts: Counts, end: str) -> None:
    """The first problems, and lines of counts."""
    low = f"{counts.low_quality:,} of a quality below {MIN_QUALITY}"
    lines = [*counts.problems, *(f"Warning: {what}: {n:,}." for what, n in counts.warnings.items())]
    if counts.listings or counts.quarantined:
        without = f"{counts.without_pictures:,} without a picture"
        lines += [f"Listings {counts.listings:,}, {without}; quarantined {counts.quarantined:,}."]
    lines += [f"Hashed {counts.hashed:,} pictures, {low}; unread {counts.unread:,}. {end}"]
    for line in lines:
        console().print(visible(line), soft_wrap=True)


def print_matches(found: Sequence[tuple[HashedPicture, Sequence[Match]]]) -> None:
    """A line for each match."""
    if not found:
        return
    table = Table()
    for name in ("Listing", "Picture", "Bank"):
        table.add_column(name, overflow="fold")
    for name in ("Entry", "Bits apart"):
        table.add_column(name, justify="right")
    for hashed, matches in found:
        for each in matches:
            texts = (hashed.at.listing if hashed.at else "", hashed.picture, each.bank)
            table.add_row(*map(visible, texts), str(each.entry), str(each.distance))
    console().print(table)


def match_as_dict(hashed: HashedPicture, matches: Sequence[Match]) -> dict[str, Any]:
    """A known picture, for JSON."""
    place = hashed.at.as_dict() if hashed.at else {}
    return {**place, "picture": hashed.picture, "matches": [each.as_dict() for each in matches]}


def print_groups(groups: Sequence[Group]) -> None:
    """The largest groups, a line each, and how many more there are."""
    if not groups:
        return
    table = Table()
    for name in ("Listings", "Sellers", "Bits apart"):
        table.add_column(name, justify="right")
    for name in ("Stands on", "Sold by"):
        table.add_column(name, overflow="fold")
    for group in groups[:GROUPS_SHOWN]:
        numbers = (len(group.listings), len(group.sellers))
        counts = (*(f"{number:,}" for number in numbers), str(group.bits_apart))
        names = _some([at.listing for at in group.listings]), _some(group.sellers)
        table.add_row(*counts, *map(visible, names))
    console().print(table)
    if (more := len(groups) - GROUPS_SHOWN) > 0:
        console().print(f"{more:,} more groups are in --json.")


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join([*names[:NAMES_SHOWN], *([f"and {more:,} more"] if more > 0 else [])])
