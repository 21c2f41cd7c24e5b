"""`shelfguard db upgrade|current|check`: the tables of a store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shelfguard.store import DEFAULT

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(no_args_is_help=True, help="Make and upgrade the tables of a store.")

Store = Annotated[
    str,
    typer.Option(
        help="sqlite:///FILE or postgresql://USER@HOST/DATABASE; PGPASSWORD and ~/.pgpass hold."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

UPGRADE = """[bold]Examples[/bold]

shelfguard db upgrade

shelfguard db upgrade --store postgresql://shelfguard@db.internal/shelfguard
"""

CURRENT = """[bold]Examples[/bold]

shelfguard db current --store postgresql://shelfguard@db.internal/shelfguard --json
"""

CHECK = """[bold]Examples[/bold]

shelfguard db check --store postgresql://shelfguard@db.internal/shelfguard
"""


@app.command("upgrade", epilog=UPGRADE)
def upgrade_tables(store: Store = DEFAULT, as_json: AsJson = False) -> None:
    """Bring the tables up to this version: all of them, or none."""
    from shelfguard.store import schema

    with _connected(store) as engine:
        version = schema.upgrade(engine)
    _tell({"version": version}, f"The tables are of version {version}.", as_json)


@app.command("current", epilog=CURRENT)
def current_version(store: Store = DEFAULT, as_json: AsJson = False) -> None:
    """Show the version of the tables, and the one that this Shelfguard needs."""
    from shelfguard.store import schema

    with _connected(store) as engine:
        found, needed = schema.current(engine), schema.newest()
    text = f"The tables are of version {found or 'none'}; this Shelfguard needs {needed}."
    _tell({"version": found, "needed": needed}, text, as_json)


@app.command("check", epilog=CHECK)
def check_tables(store: Store = DEFAULT) -> None:
    """Exit with 11 unless the tables are those that this version needs."""
    from shelfguard.store import schema

    with _connected(store) as engine:
        schema.check(engine)
    typer.echo("The tables are those of this version.")


@contextmanager
def _connected(store: str) -> Iterator[Engine]:
    from shelfguard.store.database import connect

    engine = connect(store)
    try:
        yield engine
    finally:
        engine.dispose()


def _tell(value: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(value) if as_json else text)
