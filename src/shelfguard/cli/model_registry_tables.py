"""What the model registry's commands print for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from shelfguard.cli.pack_tables import console
from shelfguard.report.marks import visible

if TYPE_CHECKING:
    from shelfguard.learn.registry.audit_log import Entry
    from shelfguard.learn.registry.gates import Gate
    from shelfguard.learn.registry.promote import Move


def print_gates(move: Move) -> None:
    """One row a gate: whether it held, and the numbers."""
    table = Table("Gate", "", "Figures", title=f"{move.before or 'no champion'} -> {move.after}")
    for gate in move.gates:
        table.add_row(gate.name, _verdict(gate), Text(visible(_detail(gate))))
    console().print(table)


def print_history(entries: Sequence[Entry]) -> None:
    """One row an entry, oldest first."""
    if not entries:
        console().print("Nothing was promoted yet.")
        return
    table = Table("When", "Who", "What", "From", "To", "Failed or waived", "Because")
    for entry in entries:
        sides = [str(side["version"]) if side else "-" for side in (entry.before, entry.after)]
        missed = ", ".join(gate["name"] for gate in entry.gates if not gate["passed"])
        when = entry.when.strftime("%Y-%m-%d %H:%M UTC")
        said = [when, entry.who, entry.what, *sides, missed, entry.because or ""]
        table.add_row(*(Text(visible(text)) for text in said))
    console().print(table)


def _verdict(gate: Gate) -> Text:
    if gate.passed:
        return Text("passed", "green")
    return Text("waived", "yellow") if gate.waived else Text("failed", "red")


def _detail(gate: Gate) -> str:
    return f"{gate.detail}; waived: {gate.waived}" if gate.waived else gate.detail
