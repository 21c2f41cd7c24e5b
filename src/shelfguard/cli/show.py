"""What a scan shows while it runs and when it ends."""

from __future__ import annotations

from typing import Any

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from shelfguard.cli.pack_tables import console
from shelfguard.decision import Outcome
from shelfguard.policy.pack import Pack
from shelfguard.progress import ProgressBar
from shelfguard.report.marks import visible
from shelfguard.report.words import catalogue
from shelfguard.run.local import Progress as Reached

SHOWN = tuple(outcome for outcome in reversed(Outcome) if outcome is not Outcome.ALLOW)


class Bar(ProgressBar):
    """A progress bar on stderr: rate, time left, and counts per outcome."""

    def __init__(self, *, shown: bool) -> None:
        super().__init__(
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
            shown=shown,
            counts="",
        )

    def update(self, reached: Reached) -> None:
        """Move to what has been reached; time left follows the bytes read."""
        elapsed = self._progress.tasks[0].elapsed or 0
        rate = f"{reached.decided_now / elapsed:,.0f}/s" if elapsed else ""
        outcomes = reached.counts.outcomes
        found = [f"{name.value} {outcomes[name]:,}" for name in SHOWN if outcomes[name]]
        self._progress.update(
            self._task,
            total=reached.bytes_total,
            completed=reached.counts.bytes,
            counts="  ".join([f"{reached.counts.decided:,} listings", rate, *found]),
        )


def print_record(record: dict[str, Any], pack: Pack, lang: str) -> None:
    """Print the table per clause and the counts of a finished scan on stdout."""
    out, counts = console(), record["counts"]
    if counts["clauses"]:
        out.print(_clause_table(counts["clauses"], pack, lang))
    out.print(visible(summary(record)))


def summary(record: dict[str, Any]) -> str:
    """Counts that add up, the share flagged, and the speed."""
    counts = record["counts"]
    flagged = counts["decided"] - counts["outcomes"][Outcome.ALLOW]
    share = flagged / counts["decided"] if counts["decided"] else 0.0
    lines = [
        f"Read {counts['read']:,} = decided {counts['decided']:,}"
        f" + quarantined {counts['quarantined']:,}.",
        f"Flagged {flagged:,} ({share:.2%}) in {record['seconds']:,.1f} s,"
        f" {record['rows_per_second']:,.0f} listings/s.",
        *(f"Warning: {what}: {n:,}." for what, n in counts["warnings"].items()),
        *(f"Degraded: {what}: {n:,} listings." for what, n in counts["degraded"].items()),
    ]
    return "\n".join(lines)


def _clause_table(clauses: dict[str, dict[str, int]], pack: Pack, lang: str) -> Table:
    table, say = Table("Clause", "Title"), catalogue(lang).say
    used = [o for o in SHOWN if any(o in outcomes for outcomes in clauses.values())]
    for outcome in used:
        table.add_column(outcome.value.replace("_", " "), justify="right")
    for name, outcomes in clauses.items():
        numbers = [f"{outcomes[o]:,}" if o in outcomes else "" for o in used]
        table.add_row(name, say(pack.clauses[name].title), *numbers)
    return table
