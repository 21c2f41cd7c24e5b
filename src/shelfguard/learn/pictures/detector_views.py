"""What the detector learns from in an epoch: feature maps of varied pictures, made anew or kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from shelfguard.images.backbone import EFFICIENTNET_LITE
from shelfguard.learn.pictures.boxed_sample import BoxedSample, varied
from shelfguard.learn.pictures.detector_loss import Truth
from shelfguard.learn.pictures.efficientnet import FeatureMaps

OF_ONE_GROUP = 12
"""Pictures that an epoch takes from one source: long videos show little that is new."""

EMPTY_TIMES = 3
"""How often an epoch shows a picture without objects, of which there are few: each time varied."""

Batch = tuple[list[Tensor], list[Truth]]
"""The maps of some pictures, finest first, and what each picture shows."""


class Views(Protocol):
    """Batches to learn from; what an epoch shows depends on a seed and the epoch's number alone."""

    def __len__(self) -> int:
        """Batches an epoch."""
        ...

    def epoch(self, number: int) -> Iterator[Batch]: ...


@dataclass(frozen=True, slots=True)
class FreshViews:
    """Every picture varied anew each time, its maps made by a backbone that may learn.

    `crop` is the side in pixels of the squares that are shown, `batch` how many at once.
    """

    maps: FeatureMaps
    samples: Sequence[BoxedSample]
    crop: int
    batch: int
    seed: int

    def __len__(self) -> int:
        return _batches(self.samples, self.batch)

    def epoch(self, number: int) -> Iterator[Batch]:
        rng = np.random.default_rng((self.seed, number))
        for places in np.array_split(drawn(self.samples, rng), len(self)):
            shown = [varied(self.samples[place], self.crop, rng) for place in places]
            yield self.maps(_tensor(shown)), [_truth(each) for each in shown]


class KeptViews:
    """Every picture varied a few times, its maps made once by a backbone that does not learn."""

    def __init__(self, views: FreshViews, times: int) -> None:
        self._samples, self._batch, self._seed = views.samples, views.batch, views.seed
        rng = np.random.default_rng(views.seed)
        self._kept: list[list[tuple[list[Tensor], Truth]]] = []
        for sample in views.samples:
            shown = [varied(sample, views.crop, rng) for _ in range(times)]
            with torch.no_grad():
                maps = [each.half() for each in views.maps(_tensor(shown))]
            truths = [_truth(each) for each in shown]
            self._kept.append([([m[n] for m in maps], truths[n]) for n in range(times)])

    def __len__(self) -> int:
        return _batches(self._samples, self._batch)

    def epoch(self, number: int) -> Iterator[Batch]:
        rng = np.random.default_rng((self._seed, number))
        for places in np.array_split(drawn(self._samples, rng), len(self)):
            views = [self._kept[place][rng.integers(len(self._kept[place]))] for place in places]
            levels = zip(*(maps for maps, _ in views), strict=True)
            yield [torch.stack(level).float() for level in levels], [truth for _, truth in views]


def drawn(samples: Sequence[BoxedSample], rng: np.random.Generator) -> list[int]:
    """The samples of one epoch in their order."""
    taken: Counter[str] = Counter()
    chosen = []
    for place in rng.permutation(len(samples)).tolist():
        taken[samples[place].group] += 1
        if taken[samples[place].group] <= OF_ONE_GROUP:
            chosen += [place] * (1 if len(samples[place].boxes) else EMPTY_TIMES)
    return [chosen[place] for place in rng.permutation(len(chosen)).tolist()]


def _batches(samples: Sequence[BoxedSample], batch: int) -> int:
    return -(-len(drawn(samples, np.random.default_rng(0))) // batch)


def _tensor(shown: Sequence[BoxedSample]) -> Tensor:
    """Squares as the network takes them, [n, 3, crop, crop]."""
    mean, deviation = np.array(EFFICIENTNET_LITE.mean), np.array(EFFICIENTNET_LITE.deviation)
    scaled = (np.stack([each.pixels for each in shown]) - mean) / deviation
    return torch.from_numpy(scaled.astype(np.float32)).permute(0, 3, 1, 2)


def _truth(shown: BoxedSample) -> Truth:
    return Truth(torch.from_numpy(shown.boxes), torch.from_numpy(shown.labels))
