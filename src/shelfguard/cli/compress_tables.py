"""What `model distill` and `model quantize` print for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from shelfguard.report.marks import visible

if TYPE_CHECKING:
    from shelfguard.learn.compress.recall_loss import Kept, RecallLoss
    from shelfguard.learn.compress.table import Table as Precisions


def console() -> Console:
    """A console for texts that others wrote: brackets are no markup."""
    return Console(highlight=False, markup=False)


def print_loss(loss: RecallLoss, out: Path) -> None:
    """What the student keeps of its teachers' finds, and what it could close."""
    shown = console()
    title = f"{loss.rows} calibration rows, {loss.violations} violations"
    table = Table("Innocent flagged", title=title)
    for name in ("Teachers find", "Student keeps", "At least (95 %)", "Worst clause"):
        table.add_column(name, justify="right")
    for share, kept in loss.flagged.items():
        worst = loss.worst(share)
        clause = f"{worst[0]}: {worst[1].kept} of {worst[1].found}" if worst else "none"
        counts = (str(kept.found), f"{kept.kept} ({_percent(kept)})", f"{kept.at_least:.1%}")
        table.add_row(f"{share:.0%}", *counts, clause)
    shown.print(table)
    for share, closed in loss.closed.items():
        shown.print(
            f"Leaving {share:.1%} of the teachers' finds open, it could close {closed:.1%} "
            "of the innocent rows."
        )
    shown.print(f"Wrote {visible(str(out))}.", soft_wrap=True)


def _percent(kept: Kept) -> str:
    return "no rows" if kept.share is None else f"{kept.share:.1%}"


def print_precisions(precisions: Precisions, out: Path) -> None:
    """A line a precision, and the two vocabularies."""
    shown = console()
    for header, rows in precisions.tables():
        table = Table(*header)
        for row in rows:
            table.add_row(*row)
        shown.print(table)
    for note in precisions.notes():
        shown.print(note, soft_wrap=True)
    shown.print(f"Wrote {visible(str(out))}.", soft_wrap=True)
