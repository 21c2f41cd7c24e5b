"""`shelfguard pack`: lint, test, compare and read policy packs."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from shelfguard.cli import pack_train
from shelfguard.errors import FindingsError, PackError

if TYPE_CHECKING:
    from shelfguard.decision import Decider
    from shelfguard.feeds import Feed
    from shelfguard.listing import Batch
    from shelfguard.policy.pack import Clause, Pack

app = typer.Typer(no_args_is_help=True, help="Lint, test and compare policy packs.")

PackName = Annotated[str, typer.Argument(help="Pack folder, or the name of a shipped one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Share = Annotated[float, typer.Option(min=0, max=1)]

LINT = """[bold]Examples[/bold]

shelfguard pack lint ca-marketplace

shelfguard pack lint packs/mine --strict --json
"""

TEST = """[bold]Examples[/bold]

shelfguard pack test ca-marketplace

shelfguard pack test packs/mine --min-positive 0.9 --max-benign 0.01 --failures 50
"""

DIFF = """[bold]Examples[/bold]

shelfguard pack diff ca-marketplace packs/mine --on feed.csv

shelfguard pack diff packs/v1 packs/v2 --on feed.xml.gz --max-flipped 0.001 --json
"""

SHOW = """[bold]Examples[/bold]

shelfguard pack show CA-WPN-001

shelfguard pack show MKT-CON-001 --pack packs/mine --lang fr
"""


@app.command("lint", epilog=LINT)
def lint_pack(
    pack: PackName = "ca-marketplace",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    shown: Annotated[
        int, typer.Option("--limit", min=0, help="Findings shown of each kind; 0 shows all.")
    ] = 10,
    as_json: AsJson = False,
) -> None:
    """Check a pack beyond its schema: citations, reviews, cases, lexicons, leaks, models.

    Exits with 7 if there are errors.
    """
    from shelfguard.cli.pack_tables import print_findings
    from shelfguard.policy.lint import lint
    from shelfguard.policy.load import load_pack
    from shelfguard.signals.lexicon import Lexicon

    loaded = load_pack(pack)
    findings = lint(loaded, matcher=Lexicon.from_pack(loaded))
    if as_json:
        _print_json({"pack": loaded.label, "findings": [f.as_dict() for f in findings]})
    else:
        print_findings(loaded, findings, shown or len(findings))
    counts = Counter(finding.severity for finding in findings)
    if counts["error"] or (strict and findings):
        raise FindingsError(f"{counts['error']} errors and {counts['warning']} warnings")


@app.command("test", epilog=TEST)
def run_unit_cases(
    pack: PackName = "ca-marketplace",
    min_positive: Share = 0.75,
    min_evasive: Share = 0.60,
    max_hard_negative: Share = 0.15,
    max_benign: Share = 0.04,
    failures: Annotated[int, typer.Option(min=0, help="Failed cases to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Decide a pack's unit cases and count: right clause for violations, flagged for others.

    Exits with 7 if a kind misses its gate.
    """
    from shelfguard.cli.pack_tables import print_cases
    from shelfguard.policy.cases import Gates, run_cases
    from shelfguard.policy.load import load_pack
    from shelfguard.policy.rows import read_cases

    loaded = load_pack(pack)
    rows = read_cases(loaded)
    if not rows:
        fix = "Add cases/*.jsonl, see docs/packs.md"
        raise PackError("no unit cases", file=loaded.root / "cases", fix=fix)
    gates = Gates(min_positive, min_evasive, max_hard_negative, max_benign)
    result = run_cases(_engine(loaded), rows, loaded.unseen)
    if as_json:
        _print_json({"pack": loaded.label, **result.as_dict(gates)})
    else:
        print_cases(loaded, result, failures)
    if broken := result.broken(gates):
        raise FindingsError("; ".join(broken))


@app.command("diff", epilog=DIFF)
def compare_packs(
    old: PackName,
    new: PackName,
    on: Annotated[Path, typer.Option(help="The feed to decide with both.")],
    mapping: Annotated[Path | None, typer.Option(help="Which column is which.")] = None,
    samples: Annotated[int, typer.Option(min=0, help="Listings shown a clause.")] = 5,
    max_flipped: Annotated[
        float | None, typer.Option(min=0, max=1, help="Fail above this share of listings.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decide one feed with two packs and show what flips, clause by clause.

    Exits with 7 if more listings flip than --max-flipped allows.
    """
    from shelfguard.cli.pack_tables import print_diff
    from shelfguard.feeds import Feed
    from shelfguard.policy.diff import compare
    from shelfguard.policy.load import load_pack

    before, after = load_pack(old), load_pack(new)
    unread: Counter[str] = Counter()
    batches = _batches(Feed(on, mapping=mapping), unread)
    found = compare(_engine(before), _engine(after), batches, samples=samples)
    quarantined = unread.total()
    if as_json:
        labels = {"old": before.label, "new": after.label, "quarantined": quarantined}
        _print_json({**labels, **found.as_dict()})
    else:
        print_diff(before, after, found, quarantined)
    flipped = found.share()
    if max_flipped is not None and (flipped.value or 0) > max_flipped:
        raise FindingsError(f"{flipped} of listings flip, at most {max_flipped:.2%} allowed")


app.command("train-clause", epilog=pack_train.EXAMPLES)(pack_train.train_clause)


@app.command("list")
def list_packs(as_json: AsJson = False) -> None:
    """List the packs that come with Shelfguard."""
    from shelfguard.cli.pack_tables import print_packs
    from shelfguard.policy.load import load_pack, shipped_packs

    packs = [load_pack(name) for name in sorted(shipped_packs())]
    if as_json:
        _print_json([{"pack": p.label, **p.manifest.model_dump(mode="json")} for p in packs])
    else:
        print_packs(packs)


@app.command("show", epilog=SHOW)
def show_clause(
    clause: Annotated[str, typer.Argument(help="Clause id, e.g. CA-WPN-001.")],
    pack: Annotated[str, typer.Option(help="Pack folder, or the name of one.")] = "ca-marketplace",
    lang: Annotated[Literal["en", "fr"], typer.Option(help="Language of the texts.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Show one clause: rule, citation, what decides it, what is innocent, how to mend."""
    from shelfguard.cli.pack_tables import print_clause
    from shelfguard.policy.load import load_pack

    loaded = load_pack(pack)
    found = _find(loaded, clause)
    if as_json:
        _print_json(found.model_dump(mode="json", by_alias=True))
    else:
        print_clause(loaded, found, lang)


def _find(pack: Pack, clause: str) -> Clause:
    if clause in pack.clauses:
        return pack.clauses[clause]
    near = difflib.get_close_matches(clause.upper(), pack.clauses, n=3, cutoff=0.5)
    fix = f"Did you mean {', '.join(near)}?" if near else "Give a clause id such as CA-WPN-001"
    raise PackError(f"no clause {clause} in {pack.manifest.id}", fix=fix)


def _engine(pack: Pack) -> Decider:
    from shelfguard.engine import Engine

    return Engine.from_pack(pack)


def _batches(feed: Feed, unread: Counter[str]) -> Iterator[Batch]:
    """The feed's good rows; bad ones are counted by reason."""
    for chunk in feed.chunks():
        unread.update(row.reason for row in chunk.quarantined)
        if len(chunk.batch):
            yield chunk.batch


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
