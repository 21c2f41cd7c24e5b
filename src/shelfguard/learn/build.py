"""Build a pack's models from its examples: `python -m shelfguard.learn.build --help`."""

from __future__ import annotations

import argparse
import random
from collections.abc import Collection
from pathlib import Path

import numpy as np

from shelfguard.learn.calibrate.cascade import calibrate, told
from shelfguard.learn.command import parser, say
from shelfguard.learn.data.corpus import SEED, Corpus, catalog_batch, labels, to_batch
from shelfguard.learn.registry.pin import pin_models
from shelfguard.learn.train.augment import roughen
from shelfguard.learn.train.student import read_documents, train
from shelfguard.models.student import NEAR, Student
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import MODEL_FILES, Pack
from shelfguard.signals.registry import build_signals
from shelfguard.signals.text import ADDED

CATALOG_ROWS = 30_000
STEPS = ("student", "pieces", "encoder", "screener", "calibration")


def main() -> None:
    """Train what is asked for, pin the digests in the pack's manifest, and calibrate."""
    options = _options()
    pack = load_pack(options.pack)
    models = pack.root / "models"
    models.mkdir(exist_ok=True)
    corpus = Corpus.of_pack(pack, options.data)
    say(f"{len(corpus.training)} rows to train on, {len(corpus.held_out)} to calibrate on")
    if "student" in options.steps:
        build_student(pack, corpus).save(models / "student.npz")
        (models / MODEL_FILES[ADDED]).unlink(missing_ok=True)  # its clauses have heads now
        say("student trained")
    if not {"pieces", "encoder", "screener"}.isdisjoint(options.steps):
        build_transformers(models, corpus, options.steps)
    pin_models(pack)
    if "calibration" in options.steps:
        cascade = calibrate(load_pack(pack.root), corpus.held_out, options.data)
        say("calibrated\n" + "\n".join(told(cascade)))


def build_student(pack: Pack, corpus: Corpus) -> Student:
    """A student with a head a clause and the NEAR head, on plain and roughened rows."""
    rng = random.Random(SEED)  # noqa: S311 (augmentation, not secrets)
    written = [*corpus.training, *(roughen(row, rng) for row in corpus.training)]
    catalog = catalog_batch(corpus.data, CATALOG_ROWS, SEED, held_out=False)
    signals = build_signals(pack)
    documents = read_documents(to_batch(written), signals) + read_documents(catalog, signals)
    near = np.array([[row.near is not None] for row in written], np.float32)
    targets = np.hstack([labels(written, corpus.clauses), near])
    innocent = np.zeros((len(catalog), targets.shape[1]), np.float32)
    return train(documents, np.vstack([targets, innocent]), [*corpus.clauses, NEAR])


def build_transformers(models: Path, corpus: Corpus, steps: Collection[str]) -> None:
    """Those of the word pieces, the encoder and the screener that are asked for."""
    from shelfguard.learn.train.transformer import RECIPES, build_pieces, build_transformer

    if "pieces" in steps:
        build_pieces(models, corpus)
    for recipe in RECIPES:
        if recipe.name in steps:
            build_transformer(recipe, models, corpus, say)


def _options() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    return options.parse_args()


if __name__ == "__main__":
    main()
