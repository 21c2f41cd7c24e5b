"""A region of a picture, kept as run lengths."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np
import numpy.typing as npt

from shelfguard.errors import DataError
from shelfguard.images.picture import Box

Region = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Mask:
    """COCO's uncompressed run-length encoding (Lin et al., 2014): the lengths of runs outside and
    inside the region in turn, column by column from the top left, the first of them outside.

    Raises:
        DataError: the runs do not fill `height` x `width` pixels.
    """

    height: int
    width: int
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if min(self.height, self.width, *self.counts) < 0:
            raise DataError("a length is negative", field="counts", fix="Encode the mask again")
        if sum(self.counts) != self.height * self.width:
            problem = f"{sum(self.counts)} pixels for {self.height} x {self.width}"
            raise DataError(problem, field="counts", fix="Encode the mask again")

    @classmethod
    def of(cls, region: Region) -> Mask:
        """Encode a region [height, width]."""
        height, width = region.shape
        pixels = region.ravel(order="F")
        changes = np.flatnonzero(np.diff(pixels, prepend=False))
        runs = np.diff(changes, prepend=0, append=pixels.size)
        return cls(height, width, tuple(runs.tolist()))

    def region(self) -> Region:
        """Decode to [height, width]."""
        values = list(islice(cycle((False, True)), len(self.counts)))
        pixels = np.repeat(np.array(values, np.bool_), np.array(self.counts, np.intp))
        return pixels.reshape((self.height, self.width), order="F")

    @property
    def area(self) -> int:
        """How many pixels lie inside."""
        return sum(self.counts[1::2])


def bounding_box(region: Region) -> Box | None:
    """The smallest box round a region [height, width], if there is anything in it."""
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    if not rows.size:
        return None
    height, width = region.shape
    return Box(
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )
