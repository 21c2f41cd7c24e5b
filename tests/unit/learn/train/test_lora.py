"""The text encoder with low-rank updates: what is trained, resumed, merged and served."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")
pytest.importorskip("onnx")

import torch
from sentencepiece import SentencePieceProcessor

from shelfguard.errors import DataError, ModelError
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train import lora, transformer
from shelfguard.learn.train.network import INNER, Depth, Network
from shelfguard.learn.train.pretrained import HIDDEN, SPECIAL, Pretrained
from shelfguard.learn.train.trainer import Job
from shelfguard.policy.load import load_pack
from shelfguard.signals.text import resolve_models
from tests.unit.learn.rows import CLAUSES, ROWS
from tests.unit.learn.train.datasets import Interrupted, Memory, dataset

pytestmark = [
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
    pytest.mark.filterwarnings("ignore:You are using the legacy TorchScript:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The feature will be removed:DeprecationWarning"),
]

SETTINGS = {
    "pieces": "ca-marketplace",
    "layers": 2,
    "frozen": 1,
    "rank": 2,
    "alpha": 4,
    "epochs": 2,
    "upper_rate": 5e-3,
}


@pytest.fixture(scope="module")
def pretrained() -> Pretrained:
    """E5's form, with random layers under the pack's own word pieces."""
    files = resolve_models(load_pack("ca-marketplace"))
    tokenizer = SentencePieceProcessor(model_file=str(files["pieces"]))
    count = tokenizer.get_piece_size()
    pieces = [*SPECIAL, *(tokenizer.id_to_piece(n) for n in range(4, count))]
    rng = np.random.default_rng(1)

    def weights(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.05, shape).astype(np.float32).ravel()

    tensors = {"emb.pos": weights(512, HIDDEN), "emb.type": weights(2, HIDDEN)}
    tensors |= {"emb.ln.w": np.ones(HIDDEN, np.float32), "emb.ln.b": np.zeros(HIDDEN, np.float32)}
    for layer in ("l0", "l1"):
        for name, (rows, columns) in {
            **dict.fromkeys(("q", "k", "v", "ao"), (HIDDEN, HIDDEN)),
            "fi": (INNER, HIDDEN),
            "fo": (HIDDEN, INNER),
        }.items():
            tensors[f"{layer}.{name}.w"] = weights(rows, columns)
            tensors[f"{layer}.{name}.b"] = weights(rows)
        for name in ("aln", "oln"):
            tensors[f"{layer}.{name}.w"] = np.ones(HIDDEN, np.float32)
            tensors[f"{layer}.{name}.b"] = np.zeros(HIDDEN, np.float32)
    return Pretrained(tensors, np.load(files["vectors"]), pieces, np.zeros(count, np.float32))


@pytest.fixture
def trained_once(pretrained: Pretrained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transformer, "read_e5", lambda: pretrained)


def job(folder: Path, watch: Memory | None = None, **settings: object) -> Job:
    model = folder / "model"
    model.mkdir(parents=True, exist_ok=True)
    return Job(
        {**SETTINGS, **settings},
        7,
        dataset(ROWS, CLAUSES),
        model,
        folder / "checkpoints",
        watch or Memory(),
    )


def record(work: Job) -> ModelRecord:
    return ModelRecord(
        name="tiny",
        kind="lora",
        clauses=CLAUSES,
        pack="tiny",
        dataset="0",
        recipe={},
        seed=7,
        smoke=True,
        environment={},
        commit=None,
        files={file.name: "0" * 64 for file in work.folder.iterdir()},
    )


@pytest.mark.usefixtures("trained_once")
def test_training_leaves_a_curve_and_a_model_that_scores(tmp_path: Path) -> None:
    watch = Memory()
    work = job(tmp_path, watch, epochs=3)
    lora.train(work)
    assert watch.curves["loss"][-1] < watch.curves["loss"][0]
    assert len(watch.curves["held_out_average_precision"]) == 3
    scorer = lora.load(work.folder, record(work))
    chances = scorer.probabilities(work.dataset.calibration.batch)
    assert scorer.clauses == CLAUSES
    assert chances.shape == (len(work.dataset.calibration), len(CLAUSES))
    assert ((chances >= 0) & (chances <= 1)).all()


@pytest.mark.usefixtures("trained_once")
def test_an_interrupted_run_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    counted, rest = Memory(), Memory()
    whole = job(tmp_path / "whole", counted)
    lora.train(whole)
    steps = counted.advances
    cut = job(tmp_path / "cut", Memory(patience=steps // 2 + 1))
    with pytest.raises(Interrupted):
        lora.train(cut)
    resumed = job(tmp_path / "cut", rest)
    lora.train(resumed)
    assert rest.advances < steps
    name = "adapter_model.safetensors"
    assert (resumed.folder / name).read_bytes() == (whole.folder / name).read_bytes()


@pytest.mark.usefixtures("trained_once")
def test_the_checkpoint_of_other_settings_is_refused(tmp_path: Path) -> None:
    lora.train(job(tmp_path, epochs=1))
    with pytest.raises(ModelError, match=r"another recipe or dataset.*Remove it"):
        lora.train(job(tmp_path, epochs=1, rank=3))


def network(layers: int = 3, frozen: int = 1) -> Network:
    torch.manual_seed(3)
    return Network(50, len(CLAUSES), Depth(layers, frozen))


def test_only_updates_of_upper_layers_and_the_heads_are_trained() -> None:
    tiny = network()
    lora.add_updates(tiny, lora.LoraSettings(layers=3, frozen=1))
    trained = {name for name, value in tiny.named_parameters() if value.requires_grad}
    layers = {name.split(".")[1] for name in trained if name.startswith("layers")}
    assert layers == {"1", "2"}
    assert all("lora_" in name for name in trained if name.startswith("layers"))
    assert {name.split(".")[0] for name in trained} == {"layers", "topic", "violation", "shared"}


def test_merged_updates_give_the_same_scores() -> None:
    tiny = network()
    adapted = lora.add_updates(tiny, lora.LoraSettings(layers=3, frozen=1))
    for name, value in tiny.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(value, std=0.05)
    ids, mask = torch.randint(0, 50, (2, 9)), torch.ones(2, 9)
    with torch.no_grad():
        before = tiny.eval()(ids, mask)
        merged = adapted.merge_and_unload().eval()
        assert torch.allclose(merged(ids, mask), before, atol=1e-4)
    assert not any("lora" in name for name, _ in merged.named_parameters())


def test_a_setting_that_no_one_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"settings\.ranks.*unknown key.*Did you mean 'rank'"):
        lora.train(job(tmp_path, ranks=2))


def test_some_layer_must_be_left_to_learn(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="fewer layers must be frozen"):
        lora.train(job(tmp_path, frozen=2))
