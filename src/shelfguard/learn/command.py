"""What the commands of this room share: their arguments and how they tell of progress."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from shelfguard.errors import ShelfguardError


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser that knows `--pack` and `--data`."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--pack", default="ca-marketplace", help="a pack folder or shipped name")
    made.add_argument("--data", type=Path, default=Path("../shared/data"), help="real catalogs")
    return made


def run(main: Callable[[], None]) -> None:
    """Run a command; what a user can mend ends it with one line instead of a traceback."""
    try:
        main()
    except ShelfguardError as error:
        say(f"shelfguard: {error}")
        raise SystemExit(error.exit_code) from error


def say(message: str) -> None:
    """Progress goes to standard error."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201
