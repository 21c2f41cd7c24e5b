"""Reads one line of text inside a tilted rectangle of a picture."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from shelfguard.errors import ModelError
from shelfguard.images.network import DIGEST_LETTERS, open_session
from shelfguard.images.text_areas import Area
from shelfguard.images.text_map import as_tensor
from shelfguard.models.source import digest

HEIGHT = 48
"""Pixels; the network reads lines of this height."""

WIDEST = 4_800
"""Pixels: a line of the smallest print across a decoded picture; a longer one is squeezed, which
bounds memory (some 150 MB)."""

UPRIGHT = 1.5
"""An area this many times as high as wide holds a line that runs up or down (PP-OCR's setting)."""

SURE = 0.9
"""A line that is read with less may stand on its head, and is read that way round too."""


class Reading(NamedTuple):
    """A line's text, and the mean probability of its characters."""

    text: str
    confidence: float


class TextRecogniser:
    """The recognition network of PP-OCR, decoded greedily (CTC, Graves et al., 2006).

    It reads French accents, but now and then takes ï for i.

    Raises:
        ModelError: the file is no such network.
    """

    def __init__(self, graph: Path) -> None:
        self._session = open_session(graph)
        self.version = digest(graph)[:DIGEST_LETTERS]
        characters = self._session.get_modelmeta().custom_metadata_map.get("character")
        if not characters:
            fix = "Name a graph that was made for this detector"
            raise ModelError("has no list of characters", file=graph, fix=fix)
        self._alphabet = np.array(["", *characters.split("\n"), " "])

    def read(self, image: Image.Image, area: Area) -> Reading:
        """The line in an area, whichever way up it is."""
        line = cut_out(image, area)
        reading = self._read(line)
        if reading.confidence >= SURE:
            return reading
        turned = self._read(line.transpose(Image.Transpose.ROTATE_180))
        return max(reading, turned, key=lambda reading: reading.confidence)

    def _read(self, line: Image.Image) -> Reading:
        """One line at a time: the padding of a batch would change the last bits of a result."""
        width = min(WIDEST, ceil(line.width * HEIGHT / line.height))
        pixels = np.asarray(line.resize((width, HEIGHT), Image.Resampling.BILINEAR))
        (found,) = self._session.run(None, {"x": as_tensor(pixels)})
        best, probability = found[0].argmax(axis=1), found[0].max(axis=1)
        kept = (best != 0) & (np.diff(best, prepend=0) != 0)
        text = "".join(self._alphabet[best[kept]]).strip()
        return Reading(text, float(probability[kept].mean()) if kept.any() else 0.0)


def cut_out(image: Image.Image, area: Area) -> Image.Image:
    """The pixels of an area, set upright; a line that runs up or down is laid on its side."""
    width, height = ceil(area.width), ceil(area.height)
    across, down = np.array([0.0, 1, 0]), np.array([0.0, 0, 1])
    (left, right, low), (top, above, bottom) = area.at(across, down)
    onto_x = (right - left) / width, (low - left) / height, left
    onto_y = (above - top) / width, (bottom - top) / height, top
    cut = image.transform(
        (width, height),
        Image.Transform.AFFINE,
        (*map(float, onto_x), *map(float, onto_y)),
        Image.Resampling.BICUBIC,
    )
    return cut.transpose(Image.Transpose.ROTATE_90) if height >= UPRIGHT * width else cut
