"""The recipe `detector`: find objects in pictures, learned from pictures marked with boxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from pydantic import Field

from shelfguard.errors import DataError
from shelfguard.images.efficientnet_lite import BLOCKS
from shelfguard.images.objects import INTERCEPT, SLOPE, ObjectDetector
from shelfguard.images.sources import EFFICIENTNET_LITE0, find
from shelfguard.learn.data.dataset import Split
from shelfguard.learn.pictures.boxed_sample import BoxedSample, load_sample
from shelfguard.learn.pictures.boxes import MarkedPicture, MarkedPictures, split
from shelfguard.learn.pictures.detector_export import describe, export
from shelfguard.learn.pictures.detector_figures import figures, find_all, scale
from shelfguard.learn.pictures.detector_network import DetectorNetwork
from shelfguard.learn.pictures.detector_training import Rates, train_network
from shelfguard.learn.pictures.detector_views import FreshViews, KeptViews
from shelfguard.learn.pictures.efficientnet import read_weights
from shelfguard.learn.pictures.problems import tell
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.trainer import Job, Watch

GRAPH = "objects.onnx"


class DetectorSettings(Settings):
    """`side` is that of the square that is looked at, in pixels, `crop` that of those learned from.

    First the head learns alone, for `head_epochs` at `head_rate` from `views` variations of each
    picture, whose feature maps are made once. Then, for `epochs`, head and backbone learn together,
    at `rate` and `backbone_rate`, but for the `frozen` lowest blocks. `at_most` pictures are used.
    """

    side: int = Field(320, ge=64, multiple_of=32)
    crop: int = Field(256, ge=64, multiple_of=32)
    batch: int = Field(16, ge=1)
    views: int = Field(3, ge=1)
    head_epochs: int = Field(8, ge=1)
    head_rate: float = Field(2e-3, gt=0)
    epochs: int = Field(16, ge=0)
    rate: float = Field(1e-3, gt=0)
    backbone_rate: float = Field(2e-4, gt=0)
    frozen: int = Field(5, ge=0, le=BLOCKS)
    at_most: int | None = Field(None, ge=1)


def train(job: Job[MarkedPictures]) -> None:
    """Write the graph with its labels and its scale of scores.

    Raises:
        DataError: a setting is unknown or does not fit, or there is nothing to learn from.
        ModelError: the backbone's package is not installed.
    """
    settings, data = read_settings(DetectorSettings, job.settings), job.dataset
    tell(data.problems, job.watch)
    weights = read_weights(find(EFFICIENTNET_LITE0))
    samples = _samples(data, settings.at_most, job.watch)
    torch.manual_seed(job.seed)
    network = DetectorNetwork(weights, len(data.labels), settings.frozen)
    _learn(network, samples, settings, job)
    graph = job.folder / GRAPH
    export(network, data.labels, settings.side, graph)
    _calibrate(graph, split(data.pictures, Split.CALIBRATION)[: settings.at_most], data.labels)
    _measure(graph, split(data.pictures, Split.TEST)[: settings.at_most], job.watch)


def _learn(
    network: DetectorNetwork,
    samples: Sequence[BoxedSample],
    settings: DetectorSettings,
    job: Job[MarkedPictures],
) -> None:
    """Train the head, then head and backbone."""
    network.to(memory_format=torch.channels_last)
    fresh = FreshViews(network.maps, samples, settings.crop, settings.batch, job.seed)
    head, whole = (Checkpoint.of(job, name) for name in ("head.pt", "whole.pt"))
    if not whole.file.is_file():
        kept = KeptViews(fresh, settings.views)
        train_network(
            network, kept, settings.head_epochs, Rates(settings.head_rate), head, job.watch
        )
    rates = Rates(settings.rate, settings.backbone_rate)
    train_network(network, fresh, settings.epochs, rates, whole, job.watch)


def _samples(data: MarkedPictures, at_most: int | None, watch: Watch) -> list[BoxedSample]:
    pictures = split(data.pictures, Split.TRAIN)[:at_most]
    loaded = [load_sample(each, data.labels) for each in pictures]
    tell([each for each in loaded if isinstance(each, DataError)], watch)
    samples = [each for each in loaded if isinstance(each, BoxedSample)]
    if not any(len(each.labels) for each in samples):
        fix = "Mark more pictures: three in five are learned from, the others measure"
        raise DataError("no objects to learn from", file=data.root, fix=fix)
    return samples


def _calibrate(graph: Path, pictures: Sequence[MarkedPicture], labels: Sequence[str]) -> None:
    found = find_all(ObjectDetector(graph), pictures)
    slope, intercept = scale(found, [each.objects for each in pictures], labels)
    describe(graph, {SLOPE: repr(slope), INTERCEPT: repr(intercept)})


def _measure(graph: Path, pictures: Sequence[MarkedPicture], watch: Watch) -> None:
    """Log the figures of pictures that nothing was chosen by."""
    detector = ObjectDetector(graph)
    for name, found in figures(find_all(detector, pictures), pictures, detector.labels).items():
        values = {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
        watch.log({key: value for key, value in values.items() if value == value}, 0)
