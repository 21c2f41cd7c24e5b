"""What the text gate saves and loses: python -m benchmarks.picture_text [--photos FOLDER].

Full OCR detects at full size and reads what it finds; the gated reader does so only where the gate
lets text be. Both take turns at the same pictures, on one thread, and processor time is counted.
The gate learned from other fonts and photos, and its threshold was chosen on those.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from benchmarks.scan import Bar
from benchmarks.text_scenes import Line, Scene, Scenes
from shelfguard.images.picture import Box, Picture
from shelfguard.images.sources import find
from shelfguard.images.text_lines import TextLine, TextLines, TextReader
from shelfguard.images.text_models import DETECTION, GATE, RECOGNITION

WHOLE = [Box(0, 0, 1, 1)]
SAME = 0.8
"""Share of letters in common (Ratcliff and Obershelp) above which a line counts as read."""
LINES = (1, 1, 2, 3, 5)
"""How many lines each scene with text gets, in turn."""


class Timed(NamedTuple):
    """Lines of a picture, and the processor seconds that reading them took."""

    lines: tuple[TextLine, ...]
    seconds: float


class Outcome(NamedTuple):
    """One scene, read in full and through the gate."""

    scene: Scene
    full: Timed
    gated: Timed


def outcomes(reader: TextReader, scenes: Iterable[Scene]) -> list[Outcome]:
    """Each scene read both ways, one after the other."""

    def in_full(picture: Picture) -> TextLines:
        return reader.read_in(picture, WHOLE)

    return [Outcome(s, _timed(in_full, s.picture), _timed(reader.read, s.picture)) for s in scenes]


def saving(found: Sequence[Outcome]) -> float:
    """How many times as much processor time full OCR takes, over all scenes."""
    return sum(o.full.seconds for o in found) / sum(o.gated.seconds for o in found)


def lost(found: Sequence[Outcome]) -> tuple[int, int]:
    """How many drawn lines only full OCR reads right, of how many that it reads right."""
    read = [(o, line) for o in found for line in o.scene.lines if is_read(line, o.full, o.scene)]
    return sum(not is_read(line, o.gated, o.scene) for o, line in read), len(read)


def is_read(line: Line, found: Timed, scene: Scene) -> bool:
    """Whether a drawn line was read, in one piece or in several."""
    height, width = scene.picture.pixels.shape[:2]
    left, top, right, bottom = line.box
    inside = [
        other
        for other in found.lines
        if left <= (other.box.left + other.box.right) / 2 * width <= right
        and top <= (other.box.top + other.box.bottom) / 2 * height <= bottom
    ]
    texts = [other.text for other in inside]
    return any(_alike(line.text, text) >= SAME for text in (*texts, "".join(texts)))


def main(photos: Sequence[Path], scenes: int) -> int:
    """Run both ways over scenes with and without text; 1 where a bar does not hold."""
    reader = TextReader(find(GATE), find(DETECTION), find(RECOGNITION))
    drawn = Scenes(1, photos)
    bare = outcomes(reader, (drawn.draw(seed, 0) for seed in range(scenes)))
    texts = outcomes(reader, (drawn.draw(seed, LINES[seed % 5]) for seed in range(scenes)))
    missing, read = lost(texts)
    all_lines = sum(len(o.scene.lines) for o in texts)
    bars = [
        Bar("Full OCR over the gated reader, pictures without text", saving(bare), 4),
        Bar("Lines lost by the gate, of those that full OCR reads", missing / read, 0.01, False),
    ]
    print("| What | Measured | Bar | Holds |", "|---|---|---|---|", sep="\n")
    print(*(bar.line() for bar in bars), sep="\n")
    print(f"\n{len(bare)} pictures without text, {len(texts)} with {all_lines} lines in all.")
    print(f"Full OCR reads {read} of these, and {missing} are lost.")
    print(f"Pictures with text are read {saving(texts):.2f} times as fast.")
    return 0 if all(bar.holds for bar in bars) else 1


def _timed(read: Callable[[Picture], TextLines], picture: Picture) -> Timed:
    start = time.process_time()
    lines = read(picture).lines
    return Timed(lines, time.process_time() - start)


def _alike(one: str, other: str) -> float:
    """Letters in common, whatever their case and the spaces between them."""
    bare, also_bare = ("".join(text.casefold().split()) for text in (one, other))
    return SequenceMatcher(None, bare, also_bare, autojunk=False).ratio()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="a folder of photos without text")
    parser.add_argument("--scenes", type=int, default=100)
    chosen = parser.parse_args()
    sys.exit(main([*chosen.photos.iterdir()] if chosen.photos else [], chosen.scenes))
