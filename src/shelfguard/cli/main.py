"""`shelfguard`: the commands, and how their errors reach a person."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from shelfguard import __version__
from shelfguard.cli import (
    allocate,
    data,
    db,
    explain,
    images,
    keys,
    labels,
    log,
    model,
    pack,
    replay,
    scan,
    serve,
    webhooks,
)
from shelfguard.cli.extras import extra_of
from shelfguard.cli.interrupts import INTERRUPTED
from shelfguard.errors import RunError, ShelfguardError
from shelfguard.report.marks import visible

MISSING = 10
"""The exit code where a library is not installed."""


class Messages(TyperGroup):
    """Turns every error that a user can cause into one message and its exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ShelfguardError as error:
            fail(str(error), error.exit_code)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package in ("", "shelfguard"):
                raise
            fail(f"this command needs the package {package}. {_how_to_get(package)}", MISSING)
        except OSError as error:
            what = ": ".join(str(part) for part in (error.filename, error.strerror) if part)
            fail(what or str(error), RunError.exit_code)
        except KeyboardInterrupt:
            fail("Interrupted", INTERRUPTED)


def fail(message: str, code: int) -> None:
    """Say what went wrong on stderr, whatever text it quotes, and leave with this code."""
    typer.echo(f"shelfguard: {visible(message)}", err=True)
    raise typer.Exit(code)


def _how_to_get(package: str) -> str:
    extra = extra_of(package)
    if extra is None:
        return f"Install it: pip install {package}"
    return f"Install the extra that brings it: pip install 'shelfguard[{extra}]'"


app = typer.Typer(
    cls=Messages,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Catalog trust and safety: every decision cites its clause.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"shelfguard {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Catalog trust and safety: every decision cites its clause."""


app.command(epilog=scan.EXAMPLES)(scan.scan)
app.command(epilog=explain.EXAMPLES)(explain.explain)
app.command(epilog=replay.EXAMPLES)(replay.replay)
app.command(epilog=allocate.EXAMPLES)(allocate.allocate)
app.command(epilog=serve.EXAMPLES)(serve.serve)

app.add_typer(pack.app, name="pack")
app.add_typer(data.app, name="data")
app.add_typer(labels.app, name="labels")
app.add_typer(model.app, name="model")
app.add_typer(images.app, name="images")
app.add_typer(db.app, name="db")
app.add_typer(keys.app, name="keys")
app.add_typer(log.app, name="log")
app.add_typer(webhooks.app, name="webhooks")


def main() -> None:
    """Run the command line."""
    app()
