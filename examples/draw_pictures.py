"""Draws the pictures of pictures.csv again: `python -m examples.draw_pictures [FOLDER]`.

The same libraries and fonts give the same bytes; it takes a minute or two.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from examples.drawing.broken import broken_files
from examples.drawing.files import encode
from examples.drawing.lettering import FontError
from examples.drawing.pictures import PICTURES

FOLDER = Path(__file__).parent / "pictures"
SIDE = 900
"""Pixels: a little more than the rules ask for."""

CUT_SHORT = "mug.jpg"


def draw_all(folder: Path) -> None:
    """Write every picture, and then the files that are none.

    Raises:
        FontError: the system lacks the fonts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, render in PICTURES.items():
        (folder / name).write_bytes(encode(name, render(SIDE)))
    for name, data in broken_files((folder / CUT_SHORT).read_bytes()).items():
        (folder / name).write_bytes(data)


def main() -> int:
    """Draw; the exit code is not 0 where a font is missing."""
    parser = argparse.ArgumentParser(description="Draw the pictures of the example feed.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="where they go")
    try:
        draw_all(parser.parse_args().folder)
    except FontError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
