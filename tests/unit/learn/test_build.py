"""Building a pack's models from its examples, without a dataset on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfguard.learn.build import TRANSFORMERS, build_models, corpus_dataset
from shelfguard.learn.data.corpus import Corpus
from shelfguard.learn.train.recipe import read_recipe
from shelfguard.models.student import NEAR, Student
from shelfguard.policy.load import load_pack
from tests.unit.policy.tinypack import TinyPack, labelled


def examples() -> list[dict[str, object]]:
    kinds = ("positive", "hard_negative", "benign")
    words = {"positive": "brass knuckles", "hard_negative": "silver ring", "benign": "desk lamp"}
    return [
        labelled(f"{kind}-{n}", kind, f"{words[kind]} {n}") for n in range(24) for kind in kinds
    ]


def test_a_packs_examples_become_a_dataset_and_a_student(tmp_path: Path) -> None:
    tiny = TinyPack(tmp_path / "pack")
    tiny.rows("examples/rows.jsonl", *examples())
    pack = load_pack(tiny.root)
    corpus = Corpus.of_pack(pack, tmp_path / "no-catalogs")
    dataset = corpus_dataset(pack, corpus)
    assert len(dataset.train) == len(corpus.training)
    assert len(dataset.calibration) == len(corpus.held_out)
    assert dataset.train.column("near") == [row.near for row in corpus.training]
    np.testing.assert_array_equal(
        dataset.train.targets[:, 0], [bool(row.violates) for row in corpus.training]
    )
    (tiny.root / "models").mkdir()
    build_models(tiny.root / "models", dataset, ["student"])
    student = Student.load(tiny.root / "models" / "student.npz")
    assert student.clauses == ("CA-WPN-001", NEAR)


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_a_rebuilt_transformer_has_the_settings_of_its_recipe(name: str) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("onnx")
    from shelfguard.learn.train.transformer_recipe import TransformerSettings

    recipe = read_recipe(Path(__file__).parents[3] / "recipes" / f"{name}.yaml")
    settings = TransformerSettings(pieces=recipe.settings["pieces"], **TRANSFORMERS[name])
    assert settings == TransformerSettings(**recipe.settings)
