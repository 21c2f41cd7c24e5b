"""Build a pack's models from its examples: `python -m shelfguard.learn.build --help`."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from shelfguard.learn.calibrate.cascade import calibrate, told
from shelfguard.learn.command import parser, run, say
from shelfguard.learn.data.corpus import SEED, Corpus, catalog_batch, part_of, written_part
from shelfguard.learn.data.dataset import Dataset, Manifest, Origin, Split
from shelfguard.learn.registry.pin import pin_models
from shelfguard.learn.train.parts import CATALOG, joined
from shelfguard.learn.train.progress import ShownProgress
from shelfguard.learn.train.trainer import Job, Trainer
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import MODEL_FILES, Pack
from shelfguard.signals.text import ADDED

CATALOG_ROWS = 30_000
STEPS = ("student", "pieces", "encoder", "screener", "calibration")
_NOISY = {"share": 0.3, "keep": False, "mistyped": 0.15, "joined_words": 0.1, "diluted": 0.15}
_ALL_LAYERS = {"frozen": 0, "style": _NOISY, "products": "bfloat16"}
TRANSFORMERS: dict[str, dict[str, Any]] = {
    "encoder": {**_ALL_LAYERS, "epochs": 5},
    "screener": {**_ALL_LAYERS, "layers": 2, "epochs": 6, "catalog_rows": 12_000},
}
"""The settings of each transformer that are not the defaults, as in recipes/."""


def main() -> None:
    """Train what is asked for, pin the digests in the pack's manifest, and calibrate."""
    options = _options()
    pack = load_pack(options.pack)
    models = pack.root / "models"
    models.mkdir(exist_ok=True)
    corpus = Corpus.of_pack(pack, options.data)
    say(f"{len(corpus.training)} rows to train on, {len(corpus.held_out)} to calibrate on")
    if not {"student", "pieces", *TRANSFORMERS}.isdisjoint(options.steps):
        build_models(models, corpus_dataset(pack, corpus), options.steps)
    if "student" in options.steps:  # the clauses that were added have heads in it now
        (models / MODEL_FILES[ADDED]).unlink(missing_ok=True)
    pin_models(pack)
    if "calibration" in options.steps:
        cascade = calibrate(load_pack(pack.root), corpus.held_out, options.data)
        say("calibrated\n" + "\n".join(told(cascade)))


def build_models(models: Path, dataset: Dataset, steps: Collection[str]) -> None:
    """Those of the student, the word pieces, the encoder and the screener that are asked for."""
    if "student" in steps:
        from shelfguard.learn.train import student_recipe

        pack = {"pack": str(models.parent)}
        _build("student", student_recipe.train, dataset, pack, {"student.npz": models})
    if "pieces" in steps:
        _build_pieces(models, dataset)
    for name, changed in TRANSFORMERS.items():
        if name in steps:
            from shelfguard.learn.train import transformer_recipe

            settings = {"pieces": str(models), **changed}
            graph = {transformer_recipe.GRAPH: models / f"{name}.onnx"}
            _build(name, transformer_recipe.train, dataset, settings, graph)


def _build(
    name: str,
    trainer: Trainer,
    dataset: Dataset,
    settings: Mapping[str, Any],
    kept: Mapping[str, Path],
) -> None:
    """Train in a folder that is removed, and keep some of the files."""
    with tempfile.TemporaryDirectory() as room, ShownProgress(name, lambda *_: None) as watch:
        folder = Path(room)
        trainer(Job(settings, SEED, dataset, folder, folder / "checkpoints", watch))
        for file, target in kept.items():
            shutil.copy(folder / file, target)
    say(f"{name} trained")


def _build_pieces(models: Path, dataset: Dataset) -> None:
    from shelfguard.learn.train.transformer import read_texts, write_pieces
    from shelfguard.learn.train.transformer_recipe import TransformerSettings

    texts = read_texts(dataset.train.batch)
    write_pieces(models, texts, TransformerSettings().vocabulary)


def corpus_dataset(pack: Pack, corpus: Corpus) -> Dataset:
    """A pack's examples and real catalogs as a dataset in memory."""
    sides = ((corpus.training, Split.TRAIN), (corpus.held_out, Split.CALIBRATION))
    written = [written_part(rows, corpus.clauses, split) for rows, split in sides]
    catalog = catalog_batch(corpus.data, CATALOG_ROWS, SEED, held_out=False)
    facts = [{"kind": CATALOG, "origin": Origin.REAL, "source": "catalogs"}] * len(catalog)
    innocent = np.zeros((len(catalog), len(corpus.clauses)), np.float32)
    everything = joined(*written, part_of(catalog, innocent, corpus.clauses, facts))
    manifest = Manifest(
        id="pack",
        pack=pack.label,
        clauses=corpus.clauses,
        split_rule={},
        sources=[],
        files={},
        counts={},
    )
    return Dataset(pack.root, manifest, everything)


def _options() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    return options.parse_args()


if __name__ == "__main__":
    run(main)
