"""`shelfguard log verify|write|show`: the decision log."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from shelfguard.cli.db import AsJson, Store
from shelfguard.errors import FindingsError
from shelfguard.report.marks import visible
from shelfguard.store import DEFAULT

if TYPE_CHECKING:
    from shelfguard.store.log_verify import Verified

app = typer.Typer(no_args_is_help=True, help="Write, check and read the decision log.")

Log = Annotated[str, typer.Argument(metavar="PLACE", help="Folder or URL of the log.")]

VERIFY = """[bold]Examples[/bold]

shelfguard log verify log/

shelfguard log verify s3://bucket/decisions --expect
5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592 --json
"""

WRITE = """[bold]Examples[/bold]

shelfguard log write --to log/

shelfguard log write --store postgresql://shelfguard@db.internal/shelfguard --to gs://bucket/log
"""

SHOW = """[bold]Examples[/bold]

shelfguard log show log/ --listing B00066HWL6
"""


def _digest(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"[0-9a-f]{64}", text):
        raise typer.BadParameter("A digest is 64 of 0-9 and a-f.")
    return text


@app.command("verify", epilog=VERIFY)
def verify_log(
    log: Log,
    expect: Annotated[
        str | None,
        typer.Option(
            callback=_digest, help="The digest that an earlier check gave; it must be there."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check every byte of the log and say the first place that was changed.

    Keep the digest that this prints where the keeper of the log cannot write. Exit code 0: the
    log is whole; 7: it is broken.
    """
    from shelfguard.objects import place
    from shelfguard.store.log_verify import verify

    verified = verify(place(log), expect)
    typer.echo(json.dumps(asdict(verified)) if as_json else visible(_summary(verified)))
    if verified.broken:
        raise FindingsError(verified.broken.problem, file=verified.broken.file)


@app.command("write", epilog=WRITE)
def write_log(
    to: Annotated[str, typer.Option(metavar="PLACE", help="Folder or URL of the log.")],
    store: Store = DEFAULT,
) -> None:
    """Write the decisions that the log does not have yet, once: what a server does by itself."""
    from functools import partial

    from shelfguard.objects import place
    from shelfguard.store import schema
    from shelfguard.store.database import connect
    from shelfguard.store.decisions import after
    from shelfguard.store.log import Log as Writer

    engine = connect(store)
    try:
        schema.check(engine)
        written = Writer(place(to), partial(after, engine)).flush()
    finally:
        engine.dispose()
    typer.echo(f"Wrote {written:,} decisions.")


@app.command("show", epilog=SHOW)
def show_log(
    log: Log, listing: Annotated[str, typer.Option(metavar="ID", help="The id of the listing.")]
) -> None:
    """Print every decision about a listing, oldest first, as it was answered: JSON Lines."""
    from shelfguard.objects import place
    from shelfguard.store.log_verify import segments

    for segment in segments(place(log)):
        ids, bodies = segment.table.column("listing_id"), segment.table.column("body")
        for row, found in enumerate(ids.to_pylist()):
            if found == listing:
                typer.echo(bodies[row].as_py())


def _summary(verified: Verified) -> str:
    return (
        f"{verified.rows:,} decisions in {verified.segments:,} segments are whole.\n"
        f"Digest of the last: {verified.sha256}"
    )
