"""A picture after a change, and where the parts of the old one lie in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from shelfguard.images.masks import Region
from shelfguard.images.picture import Box, Picture, Pixels

Matrix = npt.NDArray[np.float64]
Size = tuple[int, int]
"""Width and height in pixels."""

WHOLE = 0.999
"""Share in sight of what must not be cut: a pixel's rounding is not."""

ROUNDING = 1e-9
"""By so much a point may miss an edge that it lies on."""


@dataclass(frozen=True, slots=True)
class Changed:
    """`pixels` [height, width, 3] of what became of the picture `before`.

    `matrix` [3, 3] takes a point (x, y, 1) of the old pixels, from their top left corner, to its
    place in the new ones.
    """

    before: Picture
    pixels: Pixels
    matrix: Matrix

    @property
    def picture(self) -> Picture:
        """As detectors take it; a file larger than its pixels grows or shrinks as they do."""
        old, new = size_of(self.before.pixels), size_of(self.pixels)
        width, height = (
            max(1, round(file * after / before))
            for file, before, after in zip(
                (self.before.width, self.before.height), old, new, strict=True
            )
        )
        return replace(self.before, width=width, height=height, pixels=self.pixels)

    @property
    def is_cut(self) -> bool:
        """Whether some of the old picture is out of sight."""
        return self.box(Box(0, 0, 1, 1), WHOLE) is None

    def box(self, box: Box, least_seen: float) -> Box | None:
        """The upright rectangle round a box of the old picture, cut at the edges of the new one.

        None where less than the share `least_seen` of it is in sight.
        """
        sides = np.array([[box.left, box.right], [box.top, box.bottom]])
        across, down = sides * np.array([size_of(self.before.pixels)]).T
        corners = np.array([[x, y, 1] for x in across for y in down])
        shares = (corners @ self.matrix.T)[:, :2] / size_of(self.pixels)
        whole = np.stack([shares.min(0), shares.max(0)])
        seen = whole.clip(0, 1)
        least = max(least_seen - ROUNDING, ROUNDING)
        if np.prod(seen[1] - seen[0]) < least * np.prod(whole[1] - whole[0]):
            return None
        return Box(*seen.ravel().tolist())

    def region(self, region: Region, shape: tuple[int, ...]) -> Region:
        """A region of the old picture on a grid `shape` of the new one; grids may be coarse."""
        grid = (shape[1], shape[0])
        coarse = scaling(size_of(self.pixels), grid)
        fine = scaling((region.shape[1], region.shape[0]), size_of(self.before.pixels))
        image = Image.fromarray(region.astype(np.uint8))
        return np.asarray(moved(image, grid, coarse @ self.matrix @ fine)) > 0


def size_of(pixels: Pixels) -> Size:
    """Width and height of pixels [height, width, 3]."""
    return pixels.shape[1], pixels.shape[0]


def scaling(before: Size, after: Size) -> Matrix:
    """The matrix that stretches one size to another."""
    return np.diag([after[0] / before[0], after[1] / before[1], 1.0])


def shift(across: float, down: float) -> Matrix:
    """The matrix that moves to the right and down, in pixels."""
    return np.array([[1, 0, across], [0, 1, down], [0, 0, 1]], np.float64)


def moved(
    image: Image.Image,
    size: Size,
    matrix: Matrix,
    method: Image.Resampling = Image.Resampling.NEAREST,
    fill: int | tuple[int, int, int] = 0,
) -> Image.Image:
    """An image whose points went where `matrix` takes them; `fill` is what it did not cover."""
    back = np.linalg.inv(matrix)[:2].ravel().tolist()
    return image.transform(size, Image.Transform.AFFINE, back, method, fillcolor=fill)
