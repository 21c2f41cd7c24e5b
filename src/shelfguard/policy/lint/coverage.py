"""Every clause has unit cases of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from shelfguard.policy.lint.finding import Finding, Severity, Subject
from shelfguard.policy.rows import VIOLATING


def check(subject: Subject) -> Iterator[Finding]:
    """Clauses without cases, or without one kind of them.

    Cases are text, so a clause judged by pictures alone is left out.
    """
    counts = Counter(
        (clause, row.kind)
        for row in subject.cases
        for clause in (row.violates if row.kind in VIOLATING else [row.near])
    )
    for clause in subject.pack.clauses.values():
        if set(clause.signals) <= {"image"}:
            continue
        kinds = (*VIOLATING, "hard_negative")
        missing = [kind for kind in kinds if not counts[clause.id, kind]]
        if missing:
            severity: Severity = "error" if len(missing) == len(kinds) else "warning"
            file, line = subject.at_clause(clause.id)
            message = f"no unit case of kind {', '.join(missing)}"
            fix = f"Add rows to cases/{clause.id}.jsonl"
            yield Finding(severity, "cases", file, line, clause.id, message, fix)
