"""Vectors of texts, by a tiny text network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import ModelError
from tests.unit.images.graphs import write_mean_colour, write_word_table

tokenizers = pytest.importorskip("tokenizers")

WORDS = {"?": 0, "red": 1, "blue": 2}
TABLE = np.array([[0, 1, 0], [2, 0, 0], [0, 0, 2]], np.float32)


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    built = tokenizers.Tokenizer(tokenizers.models.WordLevel(WORDS, unk_token="?"))
    built.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    built.save(str(tmp_path / "tokenizer.json"))
    return tmp_path / "tokenizer.json"


def test_texts_become_vectors_of_length_one(tmp_path: Path, tokenizer: Path) -> None:
    from shelfguard.images.text_tower import TextTower

    tower = TextTower(write_word_table(tmp_path / "words.onnx", TABLE), tokenizer)
    found = tower.embed(["red", "red blue"])
    assert found.texts == ("red", "red blue")
    np.testing.assert_allclose(found.vectors, [[1, 0, 0], [0.5**0.5, 0, 0.5**0.5]], atol=1e-6)


def test_a_text_does_not_depend_on_the_texts_beside_it(tmp_path: Path, tokenizer: Path) -> None:
    from shelfguard.images.text_tower import TextTower

    tower = TextTower(write_word_table(tmp_path / "words.onnx", TABLE), tokenizer)
    together, alone = tower.embed(["red blue", "blue"]), tower.embed(["blue"])
    assert together.vectors[1].tobytes() == alone.vectors[0].tobytes()


def test_a_file_that_is_no_tokenizer_is_refused(tmp_path: Path) -> None:
    from shelfguard.images.text_tower import TextTower

    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="no tokenizer"):
        TextTower(write_word_table(tmp_path / "words.onnx", TABLE), tmp_path / "tokenizer.json")


def test_a_network_of_pictures_is_refused(tmp_path: Path, tokenizer: Path) -> None:
    from shelfguard.images.text_tower import TextTower

    tower = TextTower(write_mean_colour(tmp_path / "mean.onnx"), tokenizer)
    with pytest.raises(ModelError, match="cannot read texts"):
        tower.embed(["red"])
