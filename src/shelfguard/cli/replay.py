"""`shelfguard replay`: decide one listing again and compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shelfguard.config import one_core_a_worker
from shelfguard.errors import FindingsError

EXAMPLES = """[bold]Examples[/bold]

shelfguard replay out/ B00066HWL6

shelfguard replay out/ B00066HWL6 --feed archive/feed.xml.gz --pack packs/ca-marketplace
"""


def replay(
    out: Annotated[Path, typer.Argument(help="The folder of a finished scan.")],
    listing_id: Annotated[str, typer.Argument(help="The id of the listing.")],
    feed: Annotated[Path | None, typer.Option(help="Where the feed is now, if it moved.")] = None,
    pack: Annotated[
        str | None, typer.Option(help="The pack to decide by; else the recorded one.")
    ] = None,
) -> None:
    """Recompute a decision from its record and say `identical`, or what differs.

    The listing comes from the scan's snapshot of flagged listings, or else from the feed
    at the recorded row. Exit code 0: identical; 7: something differs.
    """
    one_core_a_worker()
    from shelfguard.engine import Engine
    from shelfguard.engine.picture_source import PictureSource
    from shelfguard.learn.registry.fetch import pinned
    from shelfguard.policy.load import load_pack, with_models
    from shelfguard.report.marks import visible
    from shelfguard.run.records import read_run
    from shelfguard.run.replay import replay as replay_decision
    from shelfguard.run.source import row_reader

    run = read_run(out)
    loaded = load_pack(pack or run["pack"]["root"])
    if model := run["options"].get("model"):
        loaded = with_models(loaded, pinned(model).folder)
    options = run["options"]
    images = options.get("images")
    engine = Engine.from_pack(
        loaded,
        pictures=PictureSource.from_json(images) if images else None,
        market=options["market"],
        mode=options["mode"],
    )
    changed = replay_decision(out, listing_id, loaded, engine, row_reader(run, feed))
    for line in changed:
        typer.echo(visible(line))
    if changed:
        raise FindingsError(f"listing '{listing_id}' is not decided as recorded")
    typer.echo("identical")
