"""Train the text gate: python -m benchmarks.train_text_gate --photos FOLDER.

The folder holds photos without text; one half of them is used, the other is left to
`benchmarks.picture_text`. Needs the `learn` extra and some minutes on one core.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from benchmarks.text_scenes import Scene, Scenes
from shelfguard.images.picture import Pixels
from shelfguard.images.text_gate import CELL
from shelfguard.images.text_map import as_tensor
from shelfguard.models.source import digest

OUT = Path(__file__).resolve().parent.parent / "src/shelfguard/images/text_gate.onnx"
SEED = 20261128
SCENES, LINES = 400, (0, 0, 2, 4, 8)
"""How many pictures are drawn, and how many lines each may get."""
STEPS, BATCH, SIDE = 2000, 6, 384
"""How often so many crops of so many pixels are learned from."""
LEARNING_RATE, WEIGHT_DECAY = 3e-3, 1e-3
AT_TEXT = 0.6
"""The share of crops that are centred on text, if the picture has any."""
COVERED, EMPTY = 0.6, 0.05
"""A cell covered by more holds text, one covered by less holds none, between them none counts."""
MISSED = 3.0
"""How many false alarms weigh as much as one cell that was missed."""


class Gate(nn.Module):  # type: ignore[misc]  # torch has no types in the tests' environment
    """Pixels [n, 3, height, width] to the log-odds of text [n, height / 8, width / 8].

    One path sees the strokes of small letters, the other, on larger cells, those of large ones.
    """

    def __init__(self) -> None:
        super().__init__()
        self.near = nn.Sequential(
            _layer(3, 8, 2), _layer(8, 16, 2), _layer(16, 24, 2), _layer(24, 24)
        )
        self.far = nn.Sequential(
            _layer(24, 32, 2), _layer(32, 32), _layer(32, 32, spread=2), nn.Upsample(scale_factor=2)
        )
        self.head = nn.Sequential(_layer(24 + 32, 24), nn.Conv2d(24, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        near = self.near(pixels)
        odds: Tensor = self.head(torch.cat([near, self.far(near)], 1))[:, 0]
        return odds


def _layer(takes: int, gives: int, stride: int = 1, spread: int = 1) -> nn.Module:
    convolution = nn.Conv2d(takes, gives, 3, stride, spread, spread, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(gives), nn.ReLU())


def trained(scenes: list[Scene]) -> Gate:
    """A gate that has learned from crops of scenes."""
    rng, gate = random.Random(SEED), Gate()
    optimiser = torch.optim.AdamW(gate.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=STEPS, pct_start=0.1
    )
    for step in range(STEPS):
        optimiser.zero_grad()
        loss = _loss(gate, [_crop(rng, rng.choice(scenes)) for _ in range(BATCH)])
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 100 == 0:
            print(f"step {step}: {loss.item():.3f}", file=sys.stderr, flush=True)
    gate.eval()
    return gate


def export(gate: Gate, path: Path) -> None:
    """Write the gate as an ONNX graph that takes pictures of any size."""
    sizes = {2: "height", 3: "width"}
    torch.onnx.export(
        gate,
        (torch.zeros(1, 3, SIDE, SIDE),),
        str(path),
        input_names=["pixels"],
        output_names=["odds"],
        opset_version=17,
        dynamo=False,
        dynamic_axes={"pixels": sizes, "odds": {1: "rows", 2: "columns"}},
    )


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
    if rng.random() < 0.15:
        pixels = ImageOps.invert(pixels)
    return np.asarray(pixels), np.asarray(covered)


def _centre(rng: random.Random, scene: Scene) -> tuple[int, int]:
    if scene.lines and rng.random() < AT_TEXT:
        left, top, right, bottom = rng.choice(scene.lines).box
        return int(rng.uniform(left, right)), int(rng.uniform(top, bottom))
    height, width = scene.picture.pixels.shape[:2]
    return rng.randrange(width), rng.randrange(height)


def main(photos: Path, out: Path) -> None:
    """Draw, train, export, and print the digest to pin."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    scenes = Scenes(0, [*photos.iterdir()])
    drawn = [scenes.draw(seed, LINES[seed % len(LINES)]) for seed in range(SCENES)]
    export(trained(drawn), out)
    print(f"{out}: pin {digest(out)} in text_models.py")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    chosen = parser.parse_args()
    main(chosen.photos, chosen.out)
