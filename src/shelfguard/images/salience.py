"""How likely each part of a picture belongs to what it shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from shelfguard.images.cielab import Floats, difference, to_lab
from shelfguard.images.network import Network
from shelfguard.images.picture import Pixels
from shelfguard.images.preparation import Preparation
from shelfguard.images.resize import resized, size_within

PREPARATION = Preparation(side=320)

GRID = 160
"""Long side of the map, in cells: outlines to within a hundredth of the picture."""

BORDER = 0.03
"""Width of a picture's border, as a share of its long side."""

MARGIN = 0.1
"""Of the long side, added on every side of a picture whose border is plain."""

PLAIN_DIFFERENCE, PLAIN_SHARE = 6.0, 0.65
"""A border is plain if this share of it lies this close (CIE76) to its median colour: a product may
be cut at two sides and the border still be plain."""


class Salience:
    """U^2-Netp, the small U^2-Net for salient objects (Qin et al., 2020).

    Having learned from whole objects, it takes a product that is cut at two opposite sides for
    background. So a plain border is continued beyond the frame: of twelve such crops of product
    photos it then finds all, instead of three.

    Raises:
        ModelError: the graph is none that turns 320 x 320 pixels into a map.
    """

    def __init__(self, graph: Path) -> None:
        side = PREPARATION.side
        self._network = Network(graph, (1, 3, side, side), (1, 1, side, side))
        self.version = self._network.version

    def read(self, pixels: Pixels) -> Floats:
        """Probabilities [height, width] on a grid of the picture's proportions."""
        ground = _plain_ground(pixels)
        margin = 0 if ground is None else round(MARGIN * max(pixels.shape))
        wider = pixels if ground is None else _continued(pixels, ground, margin)
        likely = self._network.run(PREPARATION.tensor(wider))[0, 0]
        return _inside(likely, pixels.shape[1::-1], margin)


def border(shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """The cells along the four sides of a grid [height, width]."""
    wide = max(1, round(BORDER * max(shape)))
    along = np.ones(shape, np.bool_)
    along[wide:-wide, wide:-wide] = False
    return along


def _plain_ground(pixels: Pixels) -> Pixels | None:
    """The colour [3] of a plain border, if it is one. All four sides weigh the same."""
    square = resized(pixels, GRID, GRID, Image.Resampling.BOX)
    along = square[border(square.shape[:2])]
    ground = np.median(along, axis=0).astype(np.uint8)
    close = difference(to_lab(along), to_lab(ground)) < PLAIN_DIFFERENCE
    return ground if close.mean() >= PLAIN_SHARE else None


def _continued(pixels: Pixels, ground: Pixels, margin: int) -> Pixels:
    """A picture with a margin of one colour on all sides."""
    height, width = pixels.shape[:2]
    wider = np.empty((height + 2 * margin, width + 2 * margin, 3), np.uint8)
    wider[:] = ground
    wider[margin : margin + height, margin : margin + width] = pixels
    return wider


def _inside(likely: Floats, size: tuple[int, ...], margin: int) -> Floats:
    """The part of a square map that shows a picture of this width and height, on its grid."""
    start = np.full(2, margin)
    scale = PREPARATION.side / (np.array(size) + 2 * margin)
    inside = (*(start * scale).tolist(), *((start + size) * scale).tolist())
    cells = size_within(size, GRID)
    return np.asarray(Image.fromarray(likely).resize(cells, Image.Resampling.BILINEAR, inside))
