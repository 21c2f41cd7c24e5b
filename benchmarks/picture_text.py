"""What the text gate saves and loses: `python -m benchmarks.picture_text [--photos FOLDER]`.

Full OCR detects on the whole picture and reads what it finds; the gated reader does so only where
the gate lets text be. Both take turns at the same pictures, on one core, and processor time is
counted. Phrases, fonts and photos are of the half that the gate has not learned from; photos are
those of scikit-image, if it is installed, and those of the folder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from benchmarks.scan import Bar
from shelfguard.images.picture import Picture
from shelfguard.images.sources import TEXT_DETECTION, TEXT_GATE, TEXT_RECOGNITION, find
from shelfguard.images.text_lines import LineReader, TextLines, TextReader
from shelfguard.learn.pictures.photos import photos_in
from shelfguard.learn.pictures.text_scenes import Scene, Scenes
from shelfguard.learn.pictures.text_sheet import Line

SAME = 0.8
"""Share of letters in common (Ratcliff and Obershelp) above which a line counts as read."""
LINES = (1, 1, 2, 3, 5)
"""How many lines each scene with text gets, in turn."""
MANY, MANY_SCENES = 6, 10
"""Lines of a full picture, and how many such pictures are timed."""


class Outcome(NamedTuple):
    """One picture read both ways: lines drawn on it, those that full OCR reads right, those of
    these that the gated reader does not, and the processor seconds of either."""

    drawn: int
    read: int
    lost: int
    full: float
    gated: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Pictures without text, with text, and with six lines each."""

    bare: Sequence[Outcome]
    texts: Sequence[Outcome]
    many: Sequence[Outcome]

    def bars(self) -> list[Bar]:
        """What must hold."""
        read, lost = (sum(getattr(o, name) for o in self.texts) for name in ("read", "lost"))
        what = "Lines lost by the gate, of those that full OCR reads"
        return [
            Bar("Full OCR over the gated reader, pictures without text", saving(self.bare), 4),
            Bar(what, lost / max(1, read), 0.01, False),
        ]


def measure(photos: Sequence[Path], scenes: int, fonts: Sequence[str] = ()) -> Measured:
    """Read so many scenes without and with text; `fonts` (files) take the place of the system's.

    Raises:
        ModelError: a network is not installed.
        DataError: no font is installed.
    """
    networks = find(TEXT_DETECTION), find(TEXT_RECOGNITION)
    full, gated = LineReader(*networks), TextReader(find(TEXT_GATE), *networks)
    drawn = Scenes(1, photos, fonts)

    def read(count: int, lines: Sequence[int]) -> list[Outcome]:
        drawings = (drawn.draw(seed, lines[seed % len(lines)]) for seed in range(count))
        return [compare(full, gated, scene) for scene in drawings]

    return Measured(read(scenes, [0]), read(scenes, LINES), read(MANY_SCENES, [MANY]))


def compare(full: LineReader, gated: TextReader, scene: Scene) -> Outcome:
    """One scene read both ways, one after the other."""
    everything, full_seconds = _timed(full.read, scene)
    some, gated_seconds = _timed(gated.read, scene)
    read = [line for line in scene.lines if is_read(line, everything, scene)]
    lost = sum(not is_read(line, some, scene) for line in read)
    return Outcome(len(scene.lines), len(read), lost, full_seconds, gated_seconds)


def saving(found: Iterable[Outcome]) -> float:
    """How many times as much processor time full OCR takes, over all pictures."""
    full, gated = map(sum, zip(*((o.full, o.gated) for o in found), strict=True))
    return full / gated


def is_read(line: Line, found: TextLines, scene: Scene) -> bool:
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


def report(found: Measured) -> str:
    """The table of bars, and what else was counted."""
    drawn, read, lost, *_ = map(sum, zip(*found.texts, strict=True))
    return "\n".join(
        [
            *("| What | Measured | Bar | Holds |", "|---|---|---|---|"),
            *(bar.line() for bar in found.bars()),
            *("", "| Pictures | Full OCR | Gated | Full OCR over gated |", "|---|---|---|---|"),
            _seconds(f"{len(found.bare)} without text", found.bare),
            _seconds(f"{len(found.texts)} with {drawn} lines", found.texts),
            _seconds(f"{len(found.many)} with {MANY} lines each", found.many),
            f"\nOf {drawn} lines, full OCR reads {read}; the gated reader loses {lost} of these.",
        ]
    )


def _seconds(what: str, found: Sequence[Outcome]) -> str:
    """A row with the mean seconds of one picture, both ways."""
    full, gated = (statistics.mean(getattr(o, way) for o in found) for way in ("full", "gated"))
    return f"| {what} | {full:.3f} s | {gated:.3f} s | {saving(found):.2f} |"


def main() -> int:
    """Measure and print; 1 where a bar does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="a folder of photos without text")
    parser.add_argument("--fonts", type=Path, help="a folder of font files to use instead")
    parser.add_argument("--scenes", type=int, default=100, help="without text, and with text")
    options = parser.parse_args()
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    fonts = [str(file) for file in sorted(options.fonts.rglob("*.ttf"))] if options.fonts else []
    found = measure(photos_in(options.photos, half=1), options.scenes, fonts)
    print(report(found))
    return 0 if all(bar.holds for bar in found.bars()) else 1


def _timed(read: Callable[[Picture], TextLines], scene: Scene) -> tuple[TextLines, float]:
    start = time.process_time()
    lines = read(scene.picture)
    return lines, time.process_time() - start


def _alike(one: str, other: str) -> float:
    """Letters in common, whatever their case and the spaces between them."""
    bare, also_bare = ("".join(text.casefold().split()) for text in (one, other))
    return SequenceMatcher(None, bare, also_bare, autojunk=False).ratio()


if __name__ == "__main__":
    sys.exit(main())
