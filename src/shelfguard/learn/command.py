"""What the commands of this room share: their arguments and how they tell of progress."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def parser(description: str | None) -> argparse.ArgumentParser:
    """A parser that knows `--pack` and `--data`."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--pack", default="ca-marketplace", help="a pack folder or shipped name")
    made.add_argument("--data", type=Path, default=Path("../shared/data"), help="real catalogs")
    return made


def say(message: str) -> None:
    """Progress goes to standard error."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201
