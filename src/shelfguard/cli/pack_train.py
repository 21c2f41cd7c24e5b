"""`shelfguard pack train-clause`: a detector for a clause that was just written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from shelfguard.errors import PackError

EXAMPLES = """[bold]Examples[/bold]

shelfguard pack train-clause CA-TOY-001 --pack packs/mine

shelfguard pack train-clause CA-TOY-001 --pack packs/mine --data ../shared/data --json
"""


def train_clause(
    clause: Annotated[str, typer.Argument(help="Id of a clause in clauses/, with examples/.")],
    pack: Annotated[str, typer.Option(help="Pack folder; its models are changed.")],
    data: Annotated[
        Path, typer.Option(help="Real catalogs, which count as innocent where there are any.")
    ] = Path("../shared/data"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
) -> None:
    """Learn to find a new clause from ten examples or more, in under a minute.

    Write clauses/ID.yaml, and examples/ID.jsonl with listings that violate it and legal ones
    that look alike. What is printed was measured on examples that the detector had not seen.
    """
    from shelfguard.learn.command import say
    from shelfguard.learn.train.clause import train_clause as train
    from shelfguard.policy.load import load_pack, shipped_packs

    if pack in shipped_packs():
        fix = "Copy its folder, and give the copy"
        raise PackError(f"{pack} comes with Shelfguard and is not changed", fix=fix)
    report = train(load_pack(pack), clause, data, say)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
    else:
        typer.echo(f"{report}. Learned in {report.seconds:.0f} s.")
