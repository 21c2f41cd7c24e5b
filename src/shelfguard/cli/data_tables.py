"""What the data commands print for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from shelfguard.cli.pack_tables import COLOURS, console
from shelfguard.learn.data.dataset import Manifest, Split
from shelfguard.learn.data.datasheet import composition, positives
from shelfguard.progress import ProgressBar
from shelfguard.report.marks import visible

if TYPE_CHECKING:
    from shelfguard.learn.data.audit import Audit, Finding


class Steps(ProgressBar):
    """A bar on stderr for work of several steps, one after the other."""

    def __init__(self, *, shown: bool) -> None:
        super().__init__(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            shown=shown,
        )

    def update(self, step: str, done: int, total: int) -> None:
        """Move on within a step, or to the next one."""
        if step != self._progress.tasks[0].description:
            self._progress.reset(self._task, description=visible(step))
        self._progress.update(self._task, completed=done, total=total)


def print_manifest(manifest: Manifest) -> None:
    """Id, sources, rows by split, what was dropped, and violating rows by clause."""
    out, counts = console(), manifest.counts
    out.print(f"Dataset {manifest.id}", f"of {manifest.pack}", soft_wrap=True)
    for table in (_sources(manifest), _composition(manifest), _clauses(manifest)):
        out.print(table)
    for drop in counts["dropped"]:
        line = f"Dropped, for a test row is too like: {drop['rows']:,} of {drop['source']}."
        out.print(visible(line), soft_wrap=True)
    for what, count in counts["unmatched"].items():
        if count:
            out.print(f"Not among the listings of any source: {count:,} {what}.", soft_wrap=True)
    for name, reason in counts["skipped"].items():
        out.print(visible(f"Not read: {name}, which {reason}."), soft_wrap=True)
    for name, reason in counts["clauses_left_out"].items():
        out.print(f"Not learned: {name}, {reason}.", soft_wrap=True)


def _sources(manifest: Manifest) -> Table:
    table = Table("Source", "Role")
    for name in ("Rows", "Unreadable", "Sampled"):
        table.add_column(name, justify="right")
    for source in manifest.sources:
        sampled, unread = source.get("sampled"), source.get("quarantined")
        numbers = f"{source['rows']:,}", f"{unread:,}" if unread else ""
        drawn = f"{sampled['rows']:,}" if sampled else ""
        table.add_row(visible(source["name"]), source["role"], *numbers, drawn)
    return table


def _composition(manifest: Manifest) -> Table:
    table = Table("Origin", "Kind", "Language")
    for split in Split:
        table.add_column(split.value, justify="right")
    for origin, kind, lang, numbers in composition(manifest):
        table.add_row(origin, kind, visible(lang), *(f"{n:,}" if n else "" for n in numbers))
    return table


def _annotators(audit: Audit) -> Table:
    table = Table("Annotator", "Source", "Split", title="Who labelled, beside the pack's own rows")
    table.add_column("Labels", justify="right")
    for who in audit.labels:
        named = (visible(who[name]) for name in ("annotator", "source", "split"))
        table.add_row(*named, f"{who['labels']:,}")
    return table


def _clauses(manifest: Manifest) -> Table:
    table = Table(title="Violating rows")
    table.add_column("Clause", no_wrap=True)
    columns = [(split, origin) for split in Split for origin in ("written", "real")]
    for split, origin in columns:
        table.add_column(f"{split.value}, {origin}", justify="right")
    for clause, counts in positives(manifest).items():
        table.add_row(clause, *(f"{n:,}" if (n := counts[key]) else "" for key in columns))
    return table


def print_audit(audit: Audit, limit: int) -> None:
    """Who labelled, one line a finding, at most `limit` of each code, and a table of counts."""
    out = console()
    if audit.labels:
        out.print(_annotators(audit))
    shown: Counter[str] = Counter()
    for finding in audit.findings:
        shown[finding.code] += 1
        if shown[finding.code] <= limit:
            out.print(_line(finding), soft_wrap=True)
    if not audit.findings:
        out.print(f"Dataset {audit.dataset[:12]}: no findings.", soft_wrap=True)
        return
    table = Table("Check", "Severity", title=f"Dataset {audit.dataset[:12]}")
    table.add_column("Findings", justify="right")
    table.add_column("Shown", justify="right")
    counts = Counter((finding.severity, finding.code) for finding in audit.findings)
    for (severity, code), count in sorted(counts.items()):
        table.add_row(code, Text(severity, COLOURS[severity]), str(count), str(min(count, limit)))
    out.print(table)


def _line(finding: Finding) -> Text:
    clause = f"{finding.clause}: " if finding.clause else ""
    rows = f" ({', '.join(name[:12] for name in finding.rows)})" if finding.rows else ""
    return Text.assemble(
        (f"{finding.severity}[{finding.code}]", COLOURS[finding.severity]),
        visible(f" {clause}{finding.message}{rows}. {finding.fix}."),
    )
