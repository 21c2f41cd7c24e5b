"""What the pack commands print for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from shelfguard.decision import Outcome
from shelfguard.policy.cases import CaseResult
from shelfguard.policy.diff import Diff
from shelfguard.policy.interval import Share
from shelfguard.policy.lint import Finding
from shelfguard.policy.pack import Clause, Pack
from shelfguard.policy.rows import KINDS
from shelfguard.report.marks import visible
from shelfguard.report.words import catalogue

COLOURS = {"error": "red", "warning": "yellow"}


def console() -> Console:
    """A console for texts that others wrote: brackets are no markup. Print them `visible`."""
    return Console(highlight=False, markup=False)


def print_findings(pack: Pack, findings: Sequence[Finding], limit: int) -> None:
    """One line a finding, at most `limit` of each code, and a table of counts."""
    out = console()
    shown: Counter[str] = Counter()
    for finding in findings:
        shown[finding.code] += 1
        if shown[finding.code] <= limit:
            out.print(_finding_line(finding, pack), soft_wrap=True)
    if not findings:
        out.print(f"{pack.label}: no findings.", soft_wrap=True)
        return
    table = Table("Check", "Severity", title=pack.label)
    table.add_column("Findings", justify="right")
    table.add_column("Shown", justify="right")
    for (code, severity), count in sorted(Counter((f.code, f.severity) for f in findings).items()):
        table.add_row(code, Text(severity, COLOURS[severity]), str(count), str(min(count, limit)))
    out.print(table)


def _finding_line(finding: Finding, pack: Pack) -> Text:
    place = ":".join(str(p) for p in (_short(finding, pack), finding.line) if p is not None)
    clause = f"{finding.clause}: " if finding.clause else ""
    return Text.assemble(
        (place, "bold"),
        ": ",
        (f"{finding.severity}[{finding.code}]", COLOURS[finding.severity]),
        visible(f" {clause}{finding.message}. {finding.fix}."),
    )


def _short(finding: Finding, pack: Pack) -> str:
    inside = finding.file.is_relative_to(pack.root)
    return str(finding.file.relative_to(pack.root)) if inside else str(finding.file)


def print_cases(pack: Pack, result: CaseResult, failures: int) -> None:
    """Shares by kind and language, by clause, and the first failures to read."""
    out = console()
    out.print(_kinds_table(pack, result))
    out.print(_clauses_table(result))
    failed = result.failures()
    for verdict in failed[:failures]:
        row = verdict.row
        found = ", ".join(sorted(verdict.found)) or "nothing"
        asked = verdict.clause or "nothing"
        place = f"cases/{row.file.name}:{row.line}"
        line = f"{place}: {row.kind} of {asked}: {verdict.outcome}, found {found}: {row.title}"
        out.print(visible(line), soft_wrap=True)
    if len(failed) > failures:
        out.print(f"{len(failed) - failures} more failed; show them with --failures {len(failed)}.")


def _kinds_table(pack: Pack, result: CaseResult) -> Table:
    table = Table("Kind", "Counted", title=pack.label)
    counted = ("right clause", "right clause", "flagged", "flagged")
    for lang in ("all", *result.langs()):
        table.add_column(lang, justify="right")
    for kind, what in zip(KINDS, counted, strict=True):
        shares = [result.share(kind), *(result.share(kind, lang) for lang in result.langs())]
        table.add_row(kind, what, *map(str, shares))
    return table


def _clauses_table(result: CaseResult) -> Table:
    table = Table("Clause")
    for name in ("Positive", "Evasive", "Hard negatives flagged"):
        table.add_column(name, justify="right")
    for clause in result.clauses():
        shares = (result.share(kind, clause=clause) for kind in KINDS[:3])
        table.add_row(clause, *map(_fraction, shares))
    return table


def _fraction(share: Share) -> str:
    return f"{share.hits}/{share.total}" if share.total else ""


def print_diff(old: Pack, new: Pack, diff: Diff, quarantined: int) -> None:
    """Flips by clause, sample listings and the review load."""
    out = console()
    table = Table("Clause", title=f"{old.label} to {new.label}")
    for name in ("Added", "Removed", "Changed", "Share of listings"):
        table.add_column(name, justify="right")
    for clause, part in diff.ranked():
        counts = [f"{part.counts[change]:,}" for change in ("added", "removed", "changed")]
        table.add_row(clause, *counts, str(diff.share(clause)))
    if diff.clauses:
        out.print(table)
    for clause, part in diff.ranked():
        for flip in part.samples:
            change = f"{flip.old or 'nothing'} to {flip.new or 'nothing'}"
            out.print(visible(f"{clause} {flip.id}: {change}: {flip.title}"), soft_wrap=True)
    out.print(_outcomes_table(diff))
    out.print(f"{diff.rows:,} listings, {diff.share()} flipped; {quarantined:,} could not be read.")


def _outcomes_table(diff: Diff) -> Table:
    table = Table("Outcome")
    for name in ("Old", "New", "Difference"):
        table.add_column(name, justify="right")
    for outcome in Outcome:
        before, after = diff.old[outcome], diff.new[outcome]
        table.add_row(outcome, f"{before:,}", f"{after:,}", f"{after - before:+,}")
    load = diff.load("old"), diff.load("new")
    numbers = f"{load[0]:,.1f}", f"{load[1]:,.1f}", f"{load[1] - load[0]:+,.1f}"
    table.add_row("to a person, per 10,000", *numbers)
    return table


def print_packs(packs: Sequence[Pack]) -> None:
    """One line a pack."""
    table = Table("Pack", "Version", "Status", "Languages", "Clauses", "Title")
    say = catalogue("en").say
    for pack in packs:
        manifest = pack.manifest
        languages, count = ", ".join(manifest.languages), str(len(pack.clauses))
        title = say(manifest.title)
        table.add_row(manifest.id, manifest.version, manifest.status, languages, count, title)
    console().print(table)


def print_clause(pack: Pack, clause: Clause, lang: str) -> None:
    """One clause as its pack states it."""
    facts, say = Table.grid(padding=(0, 2)), catalogue(lang).say
    phrases = sum(entry.clause == clause.id for entry in pack.lexicon)
    act, review = clause.goals.act.precision, clause.goals.review.recall
    for name, value in {
        "Rule": say(clause.rule),
        "Decided by": say(clause.decisive),
        "To mend": say(clause.fix),
        "Citations": _citations(clause),
        "Checked": f"{clause.checked}, last reviewed {clause.reviewed}",
        "Class": f"{clause.kind}, {clause.tier}",
        "Action": str(clause.action),
        "Markets": ", ".join(clause.markets),
        "Signals": ", ".join(clause.signals),
        "Lexicon": f"{phrases} phrases",
        "Goals": f"act at precision {act:g}, review at recall {review:g}",
        "Innocent": "\n".join(clause.hard_negatives),
    }.items():
        if value:
            facts.add_row(Text(name, "bold"), value)
    title = Text(f"{clause.id}  {say(clause.title)}", "bold")
    console().print(Group(title, facts))


def _citations(clause: Clause) -> str:
    return "\n".join("\n".join(filter(None, (str(c), c.url))) for c in clause.cite) or "House rule"
