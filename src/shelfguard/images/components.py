"""The separate pieces of a region."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shelfguard.images.masks import Region

Labels = npt.NDArray[np.intp]
Pairs = tuple[Labels, Labels]


def label(region: Region) -> Labels:
    """Number the 8-connected pieces of a region [height, width] from 1; outside is 0.

    Union-find on whole arrays: each round hooks the roots of touching pixels to the lower root and
    flattens all paths, so that a few rounds do (Shiloach and Vishkin, 1982).
    """
    one, other = _touching(region)
    parents = np.arange(region.size)
    while (apart := parents[one] != parents[other]).any():
        one, other = one[apart], other[apart]
        low = np.minimum(parents[one], parents[other])
        high = np.maximum(parents[one], parents[other])
        np.minimum.at(parents, high, low)
        parents = _flattened(parents)
    roots = np.where(region.ravel(), parents, -1)
    numbers = np.unique(np.append(roots, -1), return_inverse=True)[1][:-1]
    return numbers.reshape(region.shape)


def _touching(region: Region) -> Pairs:
    """Pairs of neighbours inside the region, as positions in the flat array."""
    places = np.arange(region.size).reshape(region.shape)
    pairs = [
        (places[:, :-1], places[:, 1:]),
        (places[:-1], places[1:]),
        (places[:-1, :-1], places[1:, 1:]),
        (places[:-1, 1:], places[1:, :-1]),
    ]
    one, other = (
        np.concatenate([each.ravel() for each in side]) for side in zip(*pairs, strict=True)
    )
    inside = region.ravel()[one] & region.ravel()[other]
    return one[inside], other[inside]


def _flattened(parents: Labels) -> Labels:
    """Every pixel tied to its root directly."""
    while ((nearer := parents[parents]) != parents).any():
        parents = nearer
    return parents
