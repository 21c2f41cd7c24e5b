"""A picture as a vector: near vectors, like pictures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shelfguard.images.network import DIGEST_LETTERS, Network
from shelfguard.images.picture import Picture
from shelfguard.images.preparation import Fit, Preparation

Floats = npt.NDArray[np.float32]

CODE_VERSION = 1

EFFICIENTNET_LITE = Preparation(224, mean=(127.0,) * 3, deviation=(128.0,) * 3, fit=Fit.PADDED)
"""Padded, since the middle of a tall picture may be the middle of a product."""

DECIMALS = 5
"""So that machines agree."""


@dataclass(frozen=True, slots=True)
class PictureVector:
    """Of length 1: the product of two is their cosine."""

    values: tuple[float, ...]


class Backbone:
    """Any network that turns a prepared picture into one vector [1, width].

    Raises:
        ModelError: the graph does not take the pictures that `preparation` makes.
    """

    name = "backbone"

    def __init__(
        self,
        graph: Path,
        preparation: Preparation = EFFICIENTNET_LITE,
        output: str | None = None,
    ) -> None:
        self._preparation = preparation
        takes = (1, 3, preparation.side, preparation.side)
        self._network = Network(graph, takes, (1, None), output)
        settings = hashlib.sha256(repr((preparation, output)).encode()).hexdigest()
        self.version = f"{CODE_VERSION}+{self._network.version}+{settings[:DIGEST_LETTERS]}"

    def read(self, picture: Picture) -> PictureVector:
        """The vector of one picture.

        Raises:
            ModelError: the graph gives no vector.
        """
        return PictureVector(tuple(np.round(self.unit(picture).astype(float), DECIMALS).tolist()))

    def unit(self, picture: Picture) -> Floats:
        """The vector [width] of one picture as it comes, of length 1."""
        return unit_length(self._network.run(self._preparation.tensor(picture.pixels))[0])


def unit_length(vectors: Floats) -> Floats:
    """Vectors [..., width] over their lengths; one of length 0 stays as it is."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
