"""What the commands on banks print for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table

from shelfguard.cli.pack_tables import console
from shelfguard.images.banks.bank import Bank
from shelfguard.images.banks.changes import Change
from shelfguard.images.banks.entries import Entry
from shelfguard.report.marks import visible


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
