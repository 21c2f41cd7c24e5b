"""The separate pieces of a region: pixels that touch, even by a corner, are of one piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shelfguard.images.masks import Region

Labels = npt.NDArray[np.intp]
Points = npt.NDArray[np.float64]


class Runs(NamedTuple):
    """Unbroken rows of pixels in reading order, from `starts` up to `ends`.

    Pieces are told apart by the index of their first run.
    """

    rows: Labels
    starts: Labels
    ends: Labels
    pieces: Labels


def label(region: Region) -> Labels:
    """Number the pieces of a region [height, width] from 1 in reading order; outside is 0."""
    runs, labels = _runs(region), np.zeros(region.shape, np.intp)
    numbers = np.unique(runs.pieces, return_inverse=True)[1] + 1
    labels[region] = np.repeat(numbers, runs.ends - runs.starts)
    return labels


def outlines(region: Region) -> Iterator[Points]:
    """Points x, y [n, 2] with the same convex hull as the pixels of each piece, in reading order.

    They are the corners of its runs; a pixel covers the square from (x, y) to (x + 1, y + 1).
    """
    rows, starts, ends, pieces = _runs(region)
    below = np.stack([rows, rows, rows + 1, rows + 1])
    corners = np.stack([np.stack([starts, ends, starts, ends]), below], axis=-1).astype(float)
    order = np.argsort(pieces, kind="stable")
    for piece in np.split(order, np.flatnonzero(np.diff(pieces[order])) + 1):
        if len(piece):
            yield corners[:, piece].reshape(-1, 2)


def _runs(region: Region) -> Runs:
    edges = np.diff(np.pad(region, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return Runs(rows, starts, ends, _first(len(rows), *_touching(rows, starts, ends)))


def _touching(rows: Labels, starts: Labels, ends: Labels) -> tuple[Labels, Labels]:
    """Pairs of runs, one in the row below the other, that touch."""
    stride = ends.max(initial=0) + 2
    first, last = rows * stride + starts, rows * stride + ends
    begin = np.searchsorted(last, first + stride, "left")
    end = np.searchsorted(first, last + stride, "right")
    counts = end - begin
    upper = np.repeat(np.arange(len(rows)), counts)
    lower = np.arange(len(upper)) + np.repeat(begin - (np.cumsum(counts) - counts), counts)
    return upper, lower


def _first(count: int, one: Labels, other: Labels) -> Labels:
    """The lowest index that each of `count` runs is connected to by pairs.

    Union-find on whole arrays: each round hooks the roots of touching runs to the lower root and
    flattens all paths, so that a few rounds do (Shiloach and Vishkin, 1982).
    """
    parents = np.arange(count)
    while (apart := parents[one] != parents[other]).any():
        one, other = one[apart], other[apart]
        low = np.minimum(parents[one], parents[other])
        high = np.maximum(parents[one], parents[other])
        np.minimum.at(parents, high, low)
        parents = _flattened(parents)
    return parents


def _flattened(parents: Labels) -> Labels:
    """Every run tied to its root directly."""
    while ((nearer := parents[parents]) != parents).any():
        parents = nearer
    return parents
