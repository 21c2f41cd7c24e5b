"""A few steps of training."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from shelfguard.errors import DataError  # noqa: E402
from shelfguard.images.text_gate import TextGate  # noqa: E402
from shelfguard.learn.pictures.text_gate import trained  # noqa: E402
from shelfguard.learn.pictures.text_gate_network import Gate, export  # noqa: E402
from shelfguard.learn.pictures.text_scenes import Scene, Scenes  # noqa: E402
from tests.unit.images.drawing import as_picture, canvas  # noqa: E402


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    try:
        return [Scenes(0).draw(seed, 8) for seed in range(2)]
    except DataError as error:
        pytest.skip(str(error))


def test_the_same_scenes_give_the_same_graph(scenes: list[Scene], tmp_path: Path) -> None:
    for name in ("one.onnx", "other.onnx"):
        torch.manual_seed(0)
        export(trained(scenes, steps=2), tmp_path / name)
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "other.onnx").read_bytes()


@pytest.mark.parametrize("size", [(1, 1), (70, 300), (640, 480)])
def test_a_graph_takes_pictures_of_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    export(Gate().eval(), tmp_path / "gate.onnx")
    TextGate(tmp_path / "gate.onnx").regions(as_picture(canvas("white", *size)[0]))


def test_training_tells_what_is_no_text(scenes: list[Scene]) -> None:
    torch.manual_seed(0)
    gate = trained(scenes, steps=30)
    with torch.no_grad():
        odds = gate(torch.ones(1, 3, 64, 64))
    assert odds.shape == (1, 8, 8)
    assert float(odds.mean()) < 0
