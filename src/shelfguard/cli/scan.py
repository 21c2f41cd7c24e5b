"""`shelfguard scan`: a feed in, decisions with evidence out."""

from __future__ import annotations

import json
import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from shelfguard.config import one_core_a_worker
from shelfguard.errors import FindingsError

if TYPE_CHECKING:
    from shelfguard.policy.pack import Pack

INTERRUPTED = 130
"""Exit code after ^C, as shells count it: 128 and the number of the signal."""

EXAMPLES = """[bold]Examples[/bold]

shelfguard scan feed.xml.gz --out out/

shelfguard scan products.csv --out out/ --mapping columns.yaml --workers 4

shelfguard scan feed.tsv.zst --out out/ --resume --fail-on block
"""

Severity = Literal["warn", "request_evidence", "review", "block", "escalate"]


def scan(
    feed: Annotated[Path, typer.Argument(help="The feed: plain, .gz or .zst.")],
    out: Annotated[Path, typer.Option(help="Folder for decisions and report.")],
    pack: Annotated[str, typer.Option(help="Pack folder, or the name of one.")] = "ca-marketplace",
    export: Annotated[
        Literal["jsonl", "csv"] | None,
        typer.Option("--format", help="Also write decisions in this form."),
    ] = None,
    feed_format: Annotated[
        str | None, typer.Option(help="Format of the feed; told from its content otherwise.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="Which column is which, for feeds of your own shape.")
    ] = None,
    scores: Annotated[
        Path | None, typer.Option(help="Write probabilities of every clause to this Parquet file.")
    ] = None,
    fail_on: Annotated[
        Severity | None, typer.Option(help="Exit with 7 if any outcome is this severe or more.")
    ] = None,
    lang: Annotated[
        Literal["en", "fr"], typer.Option(help="Language of the table and the report.")
    ] = "en",
    market: Annotated[str | None, typer.Option(help="Apply this market's clauses only.")] = None,
    mode: Annotated[
        Literal["shadow", "enforce"], typer.Option(help="Only record, or also act.")
    ] = "shadow",
    resume: Annotated[bool, typer.Option("--resume", help="Continue an interrupted run.")] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what the folder holds of a scan.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes, each using one core.")] = 1,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no table.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print run.json, no table.")] = False,
) -> None:
    """Decide every listing of a feed, citing the clause each decision rests on.

    A run that was interrupted keeps what it decided: continue it with --resume.
    """
    if resume and overwrite:
        raise typer.BadParameter("--resume continues a run and --overwrite removes it: give one.")
    one_core_a_worker()
    from shelfguard.cli.show import Bar, print_record
    from shelfguard.engine import Engine
    from shelfguard.policy.load import load_pack
    from shelfguard.run.local import Options
    from shelfguard.run.local import scan as run_scan

    loaded = load_pack(pack)
    options = Options(
        feed, out, feed_format, mapping, export, scores, market, mode, workers, resume, overwrite
    )
    build = partial(Engine.from_pack, loaded, market=market, mode=mode)
    publish = partial(_publish, lang)
    try:
        with Bar(shown=not (quiet or as_json)) as bar:
            record = run_scan(options, loaded, build, publish=publish, watch=bar.update)
    except KeyboardInterrupt:
        typer.echo(f"Interrupted. Continue with: {_resume_command()}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        typer.echo(json.dumps(record, indent=2, ensure_ascii=False))
    elif not quiet:
        print_record(record, loaded, lang)
    _fail_on(record["counts"]["outcomes"], fail_on)


def _publish(lang: str, out: Path, pack: Pack) -> None:
    from shelfguard.report.notices import write_notices
    from shelfguard.report.page import write_report

    write_notices(out, pack)
    write_report(out, pack, lang)


def _resume_command() -> str:
    arguments = [argument for argument in sys.argv[1:] if argument != "--overwrite"]
    return shlex.join(["shelfguard", *arguments, *(["--resume"] * ("--resume" not in arguments))])


def _fail_on(outcomes: dict[str, int], least: Severity | None) -> None:
    from shelfguard.decision import Outcome

    if least is None:
        return
    found = [o for o in Outcome if o.severity >= Outcome(least).severity and outcomes[o]]
    if found:
        counts = ", ".join(f"{outcomes[o]:,} {o.value}" for o in found)
        raise FindingsError(f"found {counts}, and --fail-on {least} was given")
