"""Where a picture may hold text: a tiny network that spares most pictures the large ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from shelfguard.images.picture import Box, Picture
from shelfguard.images.text_areas import connected
from shelfguard.images.text_map import network_input
from shelfguard.images.text_models import GATE, open_model

Mask = npt.NDArray[np.bool_]

CELL = 8
"""Pixels; the network judges squares of this side."""

LIT = 0.0
"""Log-odds above which a cell may hold text: see benchmarks/README.md for what it loses."""

REACH = 3
"""Cells; how far text may go on beyond lit cells, so that no line is cut in two."""


@dataclass(frozen=True, slots=True)
class TextRegions:
    """Where text may be, none of them overlapping; empty where there is no text."""

    regions: tuple[Box, ...]


class TextGate:
    """Finds what may be text at a tenth of the cost of the network that finds its lines."""

    name = "text_gate"
    version = "1"

    def __init__(self) -> None:
        self._session = open_model(GATE)

    def read(self, picture: Picture) -> TextRegions:
        height, width = picture.pixels.shape[:2]
        (odds,) = self._session.run(None, {"x": network_input(picture.pixels)})
        lit = odds[0, : -(-height // CELL), : -(-width // CELL)] > LIT
        boxes = (_box(*span, width, height) for span in _spans(_spread(lit)))
        return TextRegions(tuple(boxes))
