"""PDQ, Meta's perceptual hash of pictures."""

from __future__ import annotations

import numpy as np
import pdqhash
from PIL import Image

from shelfguard.images.hashes.picture_hash import PictureHash
from shelfguard.images.picture import Picture, Pixels

HASHED_SIDE = 512
"""Pixels: like Meta's hasher, since PDQ's own filters take time with every pixel above this."""


def hash_of(picture: Picture) -> PictureHash:
    """The hash of a picture, which may have been decoded at a reduced size.

    A picture of one colour, or of less than 5 pixels a side, has quality 0. Source: "The TMK+PDQF
    Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook, 2019.
    """
    bits, quality = pdqhash.compute(_reduced(picture.pixels))
    return PictureHash(np.packbits(bits.astype(bool)).tobytes(), int(quality))


def _reduced(pixels: Pixels) -> Pixels:
    height, width, _ = pixels.shape
    if max(height, width) <= HASHED_SIDE:
        return pixels
    size = min(width, HASHED_SIDE), min(height, HASHED_SIDE)
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
