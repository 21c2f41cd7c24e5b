"""A dataset whose training rows carry what teachers think, beside what people said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from shelfguard.learn.compress.soft_labels import mix, soft_labels
from shelfguard.learn.compress.teachers import Teacher
from shelfguard.learn.data.dataset import Dataset, Split
from shelfguard.learn.train.trainer import Watch

PRESUMED = ("catalog", "unlabelled")
"""Kinds of rows that nobody labelled: the teachers alone speak of them."""


def soften(
    dataset: Dataset,
    teachers: Sequence[Teacher],
    temperature: float,
    gold_share: float,
    cache: Path,
    watch: Watch,
) -> Dataset:
    """The dataset with soft targets in its training split; the other splits stay as they are.

    `gold_share` is how much people's labels count where there are both.
    """
    everything = dataset.everything
    places = np.flatnonzero(np.array(everything.column("split")) == Split.TRAIN.value)
    part = everything.take(places)
    soft = soft_labels(teachers, part, temperature, cache, watch).of(part)
    presumed = np.isin(part.column("kind"), PRESUMED)[:, None]
    gold = np.where(presumed & ~np.isnan(soft), np.nan, part.targets).astype(np.float32)
    targets = everything.targets.copy()
    targets[places] = mix(gold, soft, gold_share)
    return replace(dataset, everything=replace(everything, targets=targets))
