"""How much boxes share, and which of those that mean the same object to keep."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int64]


def overlaps(boxes: Floats, others: Floats) -> Floats:
    """Intersection over union [boxes, others] of [boxes, 4] and [others, 4].

    A box is left, top, right and bottom. Two boxes without area share nothing.
    """
    first = np.maximum(boxes[:, None, :2], others[None, :, :2])
    last = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = _areas(first, last)
    union = _areas(boxes[:, :2], boxes[:, 2:])[:, None] + _areas(others[:, :2], others[:, 2:])
    union = union - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def suppress(boxes: Floats, scores: Floats, most: float) -> Integers:
    """The places of the boxes to keep, highest score first (greedy non-maximum suppression).

    A box that shares more than `most` with a kept one is left out.
    """
    left = np.argsort(-scores, kind="stable")
    kept = []
    while len(left):
        kept.append(int(left[0]))
        shared = overlaps(boxes[left[:1]], boxes[left[1:]])[0]
        left = left[1:][shared <= most]
    return np.array(kept, np.int64)


def _areas(first: Floats, last: Floats) -> Floats:
    return np.asarray(np.prod(np.maximum(last - first, 0), axis=-1))
