"""`shelfguard explain`: why one listing was decided as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

EXAMPLES = """[bold]Examples[/bold]

shelfguard explain out/ B00066HWL6

shelfguard explain out/ B00066HWL6 --lang fr
"""


def explain(
    out: Annotated[Path, typer.Argument(help="The folder of a finished scan.")],
    listing_id: Annotated[str, typer.Argument(help="The id of the listing.")],
    lang: Annotated[Literal["en", "fr"], typer.Option(help="Language of the explanation.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print it for machines.")] = False,
) -> None:
    """Say in words, with quotes from the listing, why it was decided as it was."""
    from shelfguard.report import explain as reasons

    if as_json:
        found = reasons.explanation(out, listing_id, lang)
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False, default=str))
    else:
        typer.echo(reasons.explain(out, listing_id, lang))
