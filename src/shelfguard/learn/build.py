"""Build a pack's models from its examples: `python -m shelfguard.learn.build --help`."""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shelfguard.learn.augment import roughen
from shelfguard.learn.calibrate import calibrate
from shelfguard.learn.command import parser, say
from shelfguard.learn.corpus import catalog_batch, labels, learned_clauses, split, to_batch
from shelfguard.learn.pin import pin_models
from shelfguard.learn.student import read_documents, train
from shelfguard.models.student import NEAR, Student
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import Row, read_examples
from shelfguard.signals.registry import build_signals

SEED = 20261122
CATALOG_ROWS = 30_000
STEPS = ("student", "encoder", "calibration")


def main() -> None:
    """Train what is asked for, pin the digests in the pack's manifest, and calibrate."""
    options = _options()
    pack = load_pack(options.pack)
    models = pack.root / "models"
    models.mkdir(exist_ok=True)
    rows = read_examples(pack)
    clauses, (training, held_out) = learned_clauses(pack, rows), split(rows)
    say(f"{len(training)} rows to train on, {len(held_out)} to calibrate on")
    if "student" in options.steps:
        build_student(pack, training, clauses, options.data).save(models / "student.npz")
        say("student trained")
    if "encoder" in options.steps:
        from shelfguard.learn.encoder_build import build_encoder

        build_encoder(models, training, held_out, clauses, options.data, say)
    pin_models(pack)
    if "calibration" in options.steps:
        calibrate(load_pack(pack.root), held_out, options.data)
        say("calibrated")


def build_student(pack: Pack, rows: Sequence[Row], clauses: Sequence[str], data: Path) -> Student:
    """A student with a head a clause and the NEAR head, on plain and roughened rows."""
    rng = random.Random(SEED)  # noqa: S311 (augmentation, not secrets)
    written = [*rows, *(roughen(row, rng) for row in rows)]
    catalog = catalog_batch(data, CATALOG_ROWS, SEED, held_out=False)
    signals = build_signals(pack)
    documents = read_documents(to_batch(written), signals) + read_documents(catalog, signals)
    near = np.array([[row.near is not None] for row in written], np.float32)
    targets = np.hstack([labels(written, clauses), near])
    innocent = np.zeros((len(catalog), targets.shape[1]), np.float32)
    return train(documents, np.vstack([targets, innocent]), [*clauses, NEAR])


def _options() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    return options.parse_args()


if __name__ == "__main__":
    main()
