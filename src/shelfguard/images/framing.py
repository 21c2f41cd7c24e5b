"""Where the product stands in the picture, and on what background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from shelfguard.images.cielab import Floats, difference, is_near_white, to_lab
from shelfguard.images.components import label
from shelfguard.images.masks import Mask, Region, bounding_box
from shelfguard.images.picture import Box, Picture
from shelfguard.images.resize import resized
from shelfguard.images.salience import Salience, border

CODE_VERSION = 1

LIKELY = 0.5
"""A cell is of the product if the network says so with this probability."""

DOUBTFUL = (0.2, 0.8)
"""Probabilities at which the network is of two minds."""

MIN_PIECE = 0.02
"""Of the mask's area: what is smaller is a speck and left out."""

EDGE_CELLS, EDGE_SHARE = 2, 0.01
"""A product reaches an edge where it covers this share of the edge, this close to it: of 40 photos
of whole products none then counts as cut, cropped at one side 38 do."""

PLAIN_DIFFERENCE = 10.0
"""How far (CIE76) a background may be from its median colour and count as that colour: a soft
shadow or vignette passes, a table's edge does not."""

SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True, slots=True)
class Framing:
    """Shares are of the frame's area unless said otherwise.

    Without a product (`objects` is 0: nothing stands out, or everything does) there is no `box`,
    and the whole frame is background.
    """

    coverage: float
    """Share of the frame that the product covers."""
    box: Box | None
    touches: tuple[str, ...]
    """The sides of the frame that the product reaches. Cut at two opposite sides and on a busy
    background, it is found in six of ten photos only."""
    objects: int
    """How many separate pieces; pieces that touch count as one."""
    doubt: float
    """Share of what may be product that the network is of two minds about, at most 1."""
    white_border: float
    """Share of the frame's border, product included, that is near-white."""
    white_background: float
    """Share of the background that is near-white."""
    plain_background: float
    """Share of the background that is close to its median colour."""
    mask: Mask

    @property
    def margins(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom, as shares of width and height; all of it without a box."""
        if not self.box:
            return 1.0, 1.0, 1.0, 1.0
        return self.box.left, self.box.top, 1 - self.box.right, 1 - self.box.bottom


class FramingDetector:
    """Counts and measures on what stands out in a picture (see `Salience`).

    Raises:
        ModelError: the graph is none that `Salience` can run.
    """

    name = "framing"

    def __init__(self, graph: Path) -> None:
        self._salience = Salience(graph)
        self.version = f"{CODE_VERSION}+{self._salience.version}"

    def read(self, picture: Picture) -> Framing:
        """Measure one picture."""
        likely = self._salience.read(picture.pixels)
        height, width = likely.shape
        lab = to_lab(resized(picture.pixels, width, height, Image.Resampling.BOX))
        return _measure(likely, _pieces(likely > LIKELY), lab)


def _pieces(region: Region) -> npt.NDArray[np.intp]:
    """The pieces of a region numbered from 1, without specks."""
    labels = label(region)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    kept = areas >= max(1.0, MIN_PIECE * areas.sum())
    return np.where(kept[labels], labels, 0)


def _measure(likely: Floats, pieces: npt.NDArray[np.intp], lab: Floats) -> Framing:
    product = pieces > 0
    background = lab[~_grown(product)]
    middle = np.median(background, axis=0) if len(background) else lab[0, 0]
    low, high = DOUBTFUL
    doubtful = (likely > low) & (likely < high)
    return Framing(
        coverage=_share(product),
        box=bounding_box(product),
        touches=_touched(product),
        objects=len(np.unique(pieces[product])),
        doubt=round(float(doubtful.sum() / max(1, (likely > low).sum())), 4),
        white_border=_share(is_near_white(lab[border(product.shape)])),
        white_background=_share(is_near_white(background)),
        plain_background=_share(difference(background, middle) < PLAIN_DIFFERENCE),
        mask=Mask.of(product),
    )


def _share(marked: npt.NDArray[np.bool_]) -> float:
    """Share of what is marked; of nothing, none."""
    return round(float(marked.mean()), 4) if marked.size else 0.0


def _touched(product: Region) -> tuple[str, ...]:
    near = EDGE_CELLS
    strips = (product[:, :near].T, product[:near], product[:, -near:].T, product[-near:])
    reached = [strip.any(axis=0).mean() >= EDGE_SHARE for strip in strips]
    return tuple(side for side, hit in zip(SIDES, reached, strict=True) if hit)


def _grown(region: Region) -> Region:
    """A region with its neighbours, so that soft outlines are not counted as background."""
    grown = region.copy()
    grown[1:] |= region[:-1]
    grown[:-1] |= region[1:]
    grown[:, 1:] |= grown[:, :-1].copy()
    grown[:, :-1] |= grown[:, 1:].copy()
    return grown
