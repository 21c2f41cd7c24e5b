"""`shelfguard model ship`: make a trained cascade what a pack comes with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SHIP = """[bold]Examples[/bold]

shelfguard model ship out/lifecycle/models/challenger --pack packs/mine

shelfguard pack test packs/mine
"""


def ship(
    folder: Annotated[Path, typer.Argument(help="Model folder of a cascade.")],
    pack: Annotated[
        Path,
        typer.Option(exists=True, file_okay=False, help="The pack's folder, which is written to."),
    ],
) -> None:
    """Replace a pack's own models by a cascade's, with its card, bill of materials and digests.

    Whoever has the pack then needs no registry. Evaluate first: the card says what the record says.
    """
    from shelfguard.learn.registry.ship import ship as put
    from shelfguard.policy.load import load_pack

    record = put(folder, load_pack(pack))
    typer.echo(f"{record.name} {record.digest[:12]} is now what {load_pack(pack).label} decides by")
