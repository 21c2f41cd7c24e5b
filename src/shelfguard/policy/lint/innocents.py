"""A lexicon entry that is decisive alone must leave innocent listings alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from shelfguard.policy.lint.finding import Finding, Subject
from shelfguard.policy.rows import VIOLATING, Row


def check(subject: Subject) -> Iterator[Finding]:
    """Entries that match hard negatives, of any clause, or ordinary listings."""
    struck: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row, found in subject.matches:
        if row.kind not in VIOLATING:
            for key in found:
                struck[key].append(row)
    for entry in subject.pack.lexicon:
        rows = struck.get((entry.clause, entry.phrase), [])
        if rows and not entry.weak:
            message = f"'{entry.phrase}' matches innocent listings ({len(rows)}): {_names(rows)}"
            fix = "Lengthen it, add a negative context (!words), or mark it weak (~)"
            yield Finding(
                "warning", "lexicon-innocent", entry.file, entry.line, entry.clause, message, fix
            )


def _names(rows: list[Row]) -> str:
    names = ", ".join(f"{row.id} '{row.title[:40]}'" for row in rows[:2])
    return names if len(rows) <= 2 else f"{names} and others"
