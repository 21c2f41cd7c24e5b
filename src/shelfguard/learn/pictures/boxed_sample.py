"""A marked picture in memory, and the many ways in which training shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from shelfguard.errors import DataError
from shelfguard.images.decode import Decoded, decode
from shelfguard.images.picture import Pixels
from shelfguard.images.resize import resized, size_within
from shelfguard.learn.pictures.boxes import MarkedPicture

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

LONG_SIDE = 480
"""Pictures are kept at this size: enough to look closer, and thousands fit into memory."""

TURNED, MIRRORED, GREY, BLURRED = 0.3, 0.5, 0.1, 0.1
"""How many samples in one."""

CUT_OUT = 0.5
"""How many pictures without objects are shown as a shape on a plain ground: where only weapons lie
on white, whatever lies on white is taken for one."""

SIZES = (0.6, 1.5)
"""The long side of the picture over that of the square."""

STRETCH = 0.2
COLOURS = (0.6, 1.4)
"""Factors of brightness, contrast and saturation."""

LEAST_SEEN = 0.35
"""Of an object that is cut by the edge: with less of it in sight it is not asked for."""


@dataclass(frozen=True, slots=True)
class BoxedSample:
    """`pixels` [height, width, 3]; `boxes` [objects, 4] in pixels; `labels` [objects], numbers."""

    pixels: Pixels
    boxes: Floats
    labels: Integers
    group: str


def load_sample(picture: MarkedPicture, labels: Sequence[str]) -> BoxedSample | DataError:
    """A marked picture decoded, or why it cannot be."""
    try:
        decoded = decode(picture.file.read_bytes(), picture.file.name)
    except OSError as error:
        return DataError(f"cannot be read: {error.strerror}", file=picture.file)
    if not isinstance(decoded, Decoded):
        return DataError(decoded.problem.rstrip("."), file=picture.file, field="picture")
    pixels = decoded.picture.pixels
    width, height = size_within((pixels.shape[1], pixels.shape[0]), LONG_SIDE)
    shares = [
        (each.box.left, each.box.top, each.box.right, each.box.bottom) for each in picture.objects
    ]
    boxes = np.array(shares, np.float32).reshape(-1, 4) * (width, height, width, height)
    numbers = np.array([labels.index(each.label) for each in picture.objects], np.int64)
    shown = resized(pixels, width, height)
    return BoxedSample(shown, boxes.astype(np.float32), numbers, picture.group)


def varied(sample: BoxedSample, side: int, rng: np.random.Generator) -> BoxedSample:
    """A square of `side` pixels with the picture turned, mirrored, moved, scaled and recoloured."""
    if rng.random() < MIRRORED:
        sample = _mirrored(sample)
    if rng.random() < TURNED:
        sample = _turned(sample)
    if not len(sample.boxes) and rng.random() < CUT_OUT:
        sample = replace(sample, pixels=_cut_out(sample.pixels, rng))
    placed = _placed(sample, side, rng)
    return replace(placed, pixels=_recoloured(placed.pixels, rng))


def _mirrored(sample: BoxedSample) -> BoxedSample:
    width = sample.pixels.shape[1]
    left, top, right, bottom = sample.boxes.T
    boxes = np.stack([width - right, top, width - left, bottom], 1)
    return replace(sample, pixels=sample.pixels[:, ::-1], boxes=boxes)


def _turned(sample: BoxedSample) -> BoxedSample:
    """A quarter turn to the right."""
    height = sample.pixels.shape[0]
    left, top, right, bottom = sample.boxes.T
    boxes = np.stack([height - bottom, left, height - top, right], 1)
    return replace(sample, pixels=np.rot90(sample.pixels, -1), boxes=boxes)


def _cut_out(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A long or round shape with the picture in it, turned anyhow."""
    height, width = pixels.shape[:2]
    corners = rng.integers(6, 14)
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    reach = rng.uniform(0.4, 1, corners) * np.array([[1.0], [rng.uniform(0.2, 1)]])
    shape = reach * np.stack([np.cos(angles), np.sin(angles)])
    turn = rng.uniform(0, 2 * np.pi)
    across = shape[0] * np.cos(turn) - shape[1] * np.sin(turn)
    down = shape[0] * np.sin(turn) + shape[1] * np.cos(turn)
    outline = np.stack([(1 + across) * width / 2, (1 + down) * height / 2], 1)
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).polygon([tuple(each) for each in outline.tolist()], fill=255)
    ground = Image.new("RGB", (width, height), _ground(rng))
    return np.asarray(Image.composite(Image.fromarray(np.ascontiguousarray(pixels)), ground, mask))


def _placed(sample: BoxedSample, side: int, rng: np.random.Generator) -> BoxedSample:
    """The picture at some size and place on a square of one colour, cut where it stands out."""
    height, width = sample.pixels.shape[:2]
    size = np.exp(rng.uniform(*np.log(SIZES))) * side / max(height, width)
    stretch = np.exp(rng.uniform(-STRETCH, STRETCH) / 2)
    scale = np.array([size * stretch, size / stretch])
    new = np.maximum(1, np.round(scale * (width, height))).astype(int)
    space = side - new
    at = np.round(rng.uniform(np.minimum(space, 0), np.maximum(space, 0) + 1e-6)).astype(int)
    square = Image.new("RGB", (side, side), _ground(rng))
    square.paste(Image.fromarray(resized(np.ascontiguousarray(sample.pixels), *new)), tuple(at))
    moved = sample.boxes * np.tile(new / (width, height), 2) + np.tile(at, 2)
    boxes = np.clip(moved, 0, side).astype(np.float32)
    seen = _areas(boxes) >= LEAST_SEEN * _areas(moved)
    return BoxedSample(np.asarray(square), boxes[seen], sample.labels[seen], sample.group)


def _ground(rng: np.random.Generator) -> tuple[int, int, int]:
    """The grey that pictures are padded with, white, or any colour."""
    kind = rng.integers(3)
    if kind == 0:
        return (127, 127, 127)
    return (255, 255, 255) if kind == 1 else tuple(rng.integers(0, 256, 3).tolist())


def _recoloured(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    image = Image.fromarray(pixels)
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = change(image).enhance(rng.uniform(*COLOURS))
    if rng.random() < GREY:
        image = image.convert("L").convert("RGB")
    if rng.random() < BLURRED:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2)))
    return np.asarray(image)


def _areas(boxes: Floats) -> Floats:
    return np.asarray(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1), np.float32)
