"""Pictures with something to find, changed in every way, and how much of it is still found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from shelfguard.images.picture import Picture
from shelfguard.learn.evaluate.measures import ratio
from shelfguard.learn.evaluate.resampling import Estimate, Resamples, bootstrap
from shelfguard.learn.pictures.robustness.changed import Changed
from shelfguard.learn.pictures.robustness.transforms import TRANSFORMS, Transform


class Count(NamedTuple):
    """Of the things that a changed picture still shows, how many are found."""

    found: int
    wanted: int = 1


NOT_ASKED = Count(0, 0)
"""The change took away what was to be found."""

Judge = Callable[[Changed], Mapping[str, Count]]
"""Counts by the name of the row that they belong to."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A picture and what judges it; pictures of one `group` come from one source."""

    group: str
    picture: Picture
    judge: Judge


@dataclass(frozen=True, slots=True)
class Trial:
    """What is looked at, and what each row counts, by its name."""

    about: Mapping[str, str]
    subjects: Iterable[Subject]


@dataclass(frozen=True, slots=True)
class Row:
    """`pictures` from `groups` sources show `things` as they are; `shares` found, by transform.

    A share is NaN where no changed picture shows any more what was to be found.
    """

    name: str
    about: str
    pictures: int
    groups: int
    things: int
    shares: Mapping[str, Estimate]


Counted = tuple[str, Count]
"""The source of one picture, and what was counted on it."""


def rows(trial: Trial, transforms: Sequence[Transform] = TRANSFORMS) -> list[Row]:
    """Change every picture in every way and count, row by row in the order of `about`."""
    counts: dict[str, dict[str, list[Counted]]] = defaultdict(lambda: defaultdict(list))
    for subject in trial.subjects:
        for transform in transforms:
            judged = subject.judge(transform.change(subject.picture))
            for name, count in judged.items():
                counts[name][transform.name].append((subject.group, count))
    return [_row(name, about, counts[name]) for name, about in trial.about.items() if counts[name]]


def _row(name: str, about: str, counts: Mapping[str, Sequence[Counted]]) -> Row:
    asked = [each for each in next(iter(counts.values())) if each[1].wanted]
    return Row(
        name=name,
        about=about,
        pictures=len(asked),
        groups=len({group for group, _ in asked}),
        things=sum(count.wanted for _, count in asked),
        shares={transform: _share(found) for transform, found in counts.items()},
    )


def _share(counted: Sequence[Counted]) -> Estimate:
    """What was found of what is wanted, with a 95 % interval over sources."""
    groups, counts = zip(*counted, strict=True)
    found, wanted = zip(*counts, strict=True)
    return bootstrap(ratio(found, wanted), Resamples.of_groups(np.ones(len(counted)), groups))
