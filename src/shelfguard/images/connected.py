"""The connected parts of a mask, without a library of image operations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]
Points = npt.NDArray[np.float64]


def connected(mask: npt.NDArray[np.bool_]) -> Iterator[Points]:
    """For each part of a mask [height, width] whose pixels touch, even by a corner, its outline.

    An outline is points x, y [n, 2] that have the same convex hull as the part's pixels: the
    corners of its runs. A pixel covers the square from (x, y) to (x + 1, y + 1). Parts come in
    the order of their first pixels.
    """
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    above = np.stack([rows, rows, rows + 1, rows + 1])
    corners = np.stack([np.stack([starts, ends, starts, ends]), above], axis=-1).astype(float)
    labels = _labels(rows, starts, ends)
    order = np.argsort(labels, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(part):
            yield corners[:, part].reshape(-1, 2)


def _labels(rows: Indices, starts: Indices, ends: Indices) -> Indices:
    """The lowest index of the runs that a run of pixels is connected to.

    Labels spread to neighbours, then each takes the label of its label, until nothing changes.
    """
    upper, lower = _touching(rows, starts, ends)
    labels = np.arange(len(rows))
    while True:
        lowest = np.minimum(labels[upper], labels[lower])
        spread = labels.copy()
        np.minimum.at(spread, upper, lowest)
        np.minimum.at(spread, lower, lowest)
        spread = spread[spread]
        if np.array_equal(spread, labels):
            return labels
        labels = spread


def _touching(rows: Indices, starts: Indices, ends: Indices) -> tuple[Indices, Indices]:
    """Pairs of runs, one in the row below the other, that touch."""
    stride = ends.max(initial=0) + 2
    first, last = rows * stride + starts, rows * stride + ends
    begin = np.searchsorted(last, first + stride, "left")
    end = np.searchsorted(first, last + stride, "right")
    counts = end - begin
    upper = np.repeat(np.arange(len(rows)), counts)
    lower = np.arange(len(upper)) + np.repeat(begin - (np.cumsum(counts) - counts), counts)
    return upper, lower
