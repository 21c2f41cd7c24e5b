"""Train the text gate: `python -m shelfguard.learn.pictures.text_gate --out FILE`.

`--photos FOLDER` adds photos to those of scikit-image; those with text are left out. One half of
phrases, fonts and photos is learned from, the other is left to `benchmarks.picture_text`. Needs the
`learn` extra and a quarter of an hour on one core.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from shelfguard.images.picture import Pixels
from shelfguard.images.sources import TEXT_DETECTION, TEXT_RECOGNITION, find
from shelfguard.images.text_gate import CELL
from shelfguard.images.text_lines import LineReader
from shelfguard.images.text_map import as_tensor
from shelfguard.learn.command import run, say
from shelfguard.learn.pictures.photos import photos_in, without_text
from shelfguard.learn.pictures.text_gate_network import Gate, export
from shelfguard.learn.pictures.text_scenes import Scene, Scenes
from shelfguard.models.source import digest

SEED = 20261128
SCENES, LINES = 600, (0, 0, 2, 4, 8)
"""How many pictures are drawn, and how many lines each may get."""
STEPS, BATCH, SIDE = 9000, 8, 256
"""How often so many crops of so many pixels are learned from."""
LEARNING_RATE, WEIGHT_DECAY = 3e-3, 1e-3
AT_TEXT, INVERTED, TURNED = 0.6, 0.15, 0.2
"""Shares of crops centred on text, if there is any, with dark and light swapped, and on their side.
"""
COVERED, EMPTY = 0.6, 0.05
"""A cell covered by more holds text, one covered by less holds none, between them none counts."""
MISSED = 3.0
"""How many false alarms weigh as much as one cell that was missed."""


def trained(scenes: Sequence[Scene], steps: int = STEPS) -> Gate:
    """A gate that has learned from crops of scenes."""
    rng, gate = random.Random(SEED), Gate()  # noqa: S311 (a reproducible draw, no secret)
    optimiser = torch.optim.AdamW(gate.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=steps, pct_start=0.1
    )
    for step in range(steps):
        optimiser.zero_grad()
        loss = _loss(gate, [_crop(rng, rng.choice(scenes)) for _ in range(BATCH)])
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 500 == 0:
            say(f"step {step}: loss {loss.item():.3f}")
    gate.eval()
    return gate


def _loss(gate: Gate, crops: list[tuple[Pixels, Pixels]]) -> Tensor:
    pixels = torch.from_numpy(np.concatenate([as_tensor(crop) for crop, _ in crops]))
    covered = torch.from_numpy(np.stack([share for _, share in crops])).float() / 255
    text = (covered > COVERED).float()
    weight = text * MISSED + (covered < EMPTY).float()
    return binary_cross_entropy_with_logits(gate(pixels), text, weight)


def _crop(rng: random.Random, scene: Scene) -> tuple[Pixels, Pixels]:
    """A square of a scene, and how much of each of its cells text covers, from 0 to 255."""
    x, y = _centre(rng, scene)
    left, top = x - SIDE // 2 - x % CELL, y - SIDE // 2 - y % CELL
    square = left, top, left + SIDE, top + SIDE
    pixels = Image.fromarray(scene.picture.pixels).crop(square)
    covered = scene.mask.crop(square).reduce(CELL)
    if rng.random() < INVERTED:
        pixels = ImageOps.invert(pixels)
    quarters = 1 if rng.random() < TURNED else 0
    return np.rot90(np.asarray(pixels), quarters), np.rot90(np.asarray(covered), quarters)


def _centre(rng: random.Random, scene: Scene) -> tuple[int, int]:
    if scene.lines and rng.random() < AT_TEXT:
        left, top, right, bottom = rng.choice(scene.lines).box
        return int(rng.uniform(left, right)), int(rng.uniform(top, bottom))
    height, width = scene.picture.pixels.shape[:2]
    return rng.randrange(width), rng.randrange(height)


def main() -> None:
    """Draw, train, export, and tell the digest to pin."""
    options = _options()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    reader = LineReader(find(TEXT_DETECTION), find(TEXT_RECOGNITION))
    photos = without_text(photos_in(options.photos, half=0), reader)
    scenes = Scenes(0, photos)
    say(f"{len(photos)} photos without text")
    drawn = [scenes.draw(seed, LINES[seed % len(LINES)]) for seed in range(SCENES)]
    export(trained(drawn), options.out)
    say(f"{options.out}: pin {digest(options.out)} in shelfguard/images/sources.py")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="a folder of photos")
    parser.add_argument("--out", type=Path, required=True, help="where the graph goes")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
