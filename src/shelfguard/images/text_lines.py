"""The lines of text in a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from shelfguard.images.picture import Box, Picture
from shelfguard.images.text_areas import Area, areas
from shelfguard.images.text_gate import TextGate
from shelfguard.images.text_map import TextMap
from shelfguard.images.text_recognition import TextRecogniser

CODE_VERSION = 1

LEAST_CONFIDENCE = 0.5
"""What is read with less is a shape that looks like letters (PP-OCR's setting)."""

SAME_ROW = 0.5
"""A line starts a new row where its middle lies this share of its height below the row's."""

WHOLE = Box(0, 0, 1, 1)
"""The region that is all of a picture."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line as written; `confidence` is the mean probability of its characters."""

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class TextLines:
    """The lines of a picture in reading order: row by row, each from left to right."""

    lines: tuple[TextLine, ...]


class LineReader:
    """Finds and reads lines at any angle (PP-OCRv6 small).

    Raises:
        ModelError: a file is no such network.
    """

    def __init__(self, detection: Path, recognition: Path) -> None:
        self._map, self._recogniser = TextMap(detection), TextRecogniser(recognition)
        self.version = f"{CODE_VERSION}+{self._map.version}+{self._recogniser.version}"

    def read(self, picture: Picture, regions: Iterable[Box] = (WHOLE,)) -> TextLines:
        """The lines that lie in some regions of a picture, or anywhere."""
        image = Image.fromarray(picture.pixels)
        found = (self._line(image, area) for box in regions for area in self._areas(picture, box))
        return TextLines(tuple(in_reading_order(line for line in found if line)))

    def _areas(self, picture: Picture, box: Box) -> Iterator[Area]:
        """The areas of lines in a region, in pixels of the picture."""
        height, width = picture.pixels.shape[:2]
        left, right = round(box.left * width), round(box.right * width)
        top, bottom = round(box.top * height), round(box.bottom * height)
        for area in areas(self._map.probabilities(picture.pixels[top:bottom, left:right])):
            yield area._replace(x=area.x + left, y=area.y + top)

    def _line(self, image: Image.Image, area: Area) -> TextLine | None:
        text, confidence = self._recogniser.read(image, area)
        if not text or confidence < LEAST_CONFIDENCE:
            return None
        return TextLine(text, round(confidence, 5), area.box(image.width, image.height))


class TextReader:
    """Reads lines only where the gate lets text be, which spares most pictures the large networks.

    Raises:
        ModelError: a file is no such network.
    """

    name = "text_lines"

    def __init__(self, gate: Path, detection: Path, recognition: Path) -> None:
        self._gate, self._lines = TextGate(gate), LineReader(detection, recognition)
        self.version = f"{self._gate.version}+{self._lines.version}"

    def read(self, picture: Picture) -> TextLines:
        """The lines of a picture."""
        return self._lines.read(picture, self._gate.regions(picture))


def in_reading_order(lines: Iterable[TextLine]) -> list[TextLine]:
    """Row by row, each from left to right; a row is what lies beside its highest line."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=_middle):
        box = line.box
        if rows and _middle(line) - _middle(rows[-1][0]) < SAME_ROW * (box.bottom - box.top):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box.left)]


def _middle(line: TextLine) -> float:
    return (line.box.top + line.box.bottom) / 2
