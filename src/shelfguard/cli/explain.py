"""`shelfguard explain`: why one listing was decided as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """[bold]Examples[/bold]

shelfguard explain out/ B00066HWL6

shelfguard explain out/ B00066HWL6 --lang fr
"""


def explain(
    out: Annotated[Path, typer.Argument(help="The folder of a finished scan.")],
    listing_id: Annotated[str, typer.Argument(help="The id of the listing.")],
    lang: Annotated[str, typer.Option(help="Language of the explanation.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print the record instead.")] = False,
) -> None:
    """Say in words, with quotes from the listing, why it was decided as it was."""
    if as_json:
        from shelfguard.run.records import find_decisions, to_json

        typer.echo(to_json(find_decisions(out, listing_id)))
        return
    from shelfguard.report.explain import explain as explain_in_words

    typer.echo(explain_in_words(out, listing_id, lang))
