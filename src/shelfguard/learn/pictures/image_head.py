"""The recipe `image-head`: labels of whole pictures, learned from a few examples of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import Field

from shelfguard.errors import DataError
from shelfguard.images.backbone import Backbone
from shelfguard.images.decode import Decoded, decode
from shelfguard.images.efficientnet_lite import convert
from shelfguard.images.heads import ImageHeads
from shelfguard.images.sources import EFFICIENTNET_LITE0, find
from shelfguard.learn.evaluate.resampling import Resamples, bootstrap
from shelfguard.learn.pictures.labelled import LabelledPicture, LabelledPictures
from shelfguard.learn.pictures.logistic_head import Head, fit_head
from shelfguard.learn.pictures.problems import tell
from shelfguard.learn.pictures.ranking import ranking_measures
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.trainer import Job, Watch

HEADS, BACKBONE = "heads.npz", "backbone.onnx"

Floats = npt.NDArray[np.float32]


class HeadSettings(Settings):
    """`at_most` so many pictures of each label, and of none, are learned from."""

    at_most: int | None = Field(None, ge=1)


def train(job: Job[LabelledPictures]) -> None:
    """Write the heads, and the backbone whose vectors they read.

    Every figure is of pictures that the head in question had not seen: cross-validation by groups.

    Raises:
        DataError: a setting is unknown or does not fit, or a label has too few pictures.
        ModelError: the backbone's package is not installed.
    """
    settings, data = read_settings(HeadSettings, job.settings), job.dataset
    tell(data.problems, job.watch)
    convert(find(EFFICIENTNET_LITE0), job.folder / BACKBONE)
    backbone = Backbone(job.folder / BACKBONE)
    pictures, vectors = _vectors(backbone, _chosen(data, settings.at_most), job.watch)
    shown = np.array([[label in each.labels for label in data.labels] for each in pictures])
    groups = [each.group for each in pictures]
    heads = []
    for number, label in enumerate(data.labels):
        heads.append(_fitted(vectors, shown[:, number], groups, label, data.root))
        _measure(heads[-1], label, shown[:, number], groups, job.watch)
    ImageHeads(
        backbone=backbone.version,
        labels=data.labels,
        weights=np.stack([head.weights for head in heads]),
        bias=np.array([head.bias for head in heads], np.float32),
        names=tuple(each.file.name for each in pictures),
        examples=vectors,
        shown=shown,
    ).save(job.folder / HEADS)


def _chosen(data: LabelledPictures, at_most: int | None) -> list[LabelledPicture]:
    """The first pictures of each set of labels."""
    sets = sorted({each.labels for each in data.pictures}, key=sorted)
    return [
        each
        for labels in sets
        for each in [one for one in data.pictures if one.labels == labels][:at_most]
    ]


def _vectors(
    backbone: Backbone, pictures: Sequence[LabelledPicture], watch: Watch
) -> tuple[list[LabelledPicture], Floats]:
    """The pictures that can be decoded, and a vector [pictures, width] of each."""
    read, vectors, problems = [], [], []
    for number, each in enumerate(pictures, 1):
        decoded = decode(each.file.read_bytes(), each.file.name)
        if isinstance(decoded, Decoded):
            read.append(each)
            vectors.append(backbone.unit(decoded.picture))
        else:
            problems.append(DataError(decoded.problem, file=each.file, field="picture"))
        watch.advance(number, len(pictures))
    tell(problems, watch)
    return read, np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)


def _fitted(
    vectors: Floats, truth: npt.NDArray[np.bool_], groups: Sequence[str], label: str, root: Path
) -> Head:
    try:
        return fit_head(vectors, truth, groups)
    except DataError as error:
        raise DataError(error.problem, file=root, field=label, fix=error.fix) from error


def _measure(
    head: Head, label: str, truth: npt.NDArray[np.bool_], groups: Sequence[str], watch: Watch
) -> None:
    resamples = Resamples.of_groups(np.ones(len(truth)), groups)
    name = label.replace(" ", "_")
    watch.log({f"{name}.strength": head.strength}, 0)
    for measure, of in ranking_measures(truth[:, None], head.unseen[:, None]).items():
        found = bootstrap(of, resamples)
        ends = {"": found.value, "_low": found.low, "_high": found.high}
        watch.log({f"{name}.{measure}{end}": value for end, value in ends.items()}, 0)
