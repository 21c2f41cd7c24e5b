"""Fine-tune the text encoder by low-rank updates of its upper layers (Hu et al., "LoRA", 2021).

The updates are merged before export, so that the result serves like any other encoder.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from pydantic import Field, model_validator
from sentencepiece import SentencePieceProcessor

from shelfguard.errors import ModelError
from shelfguard.learn.compress.export import export
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.network import FRESH, Depth, Network, from_pretrained
from shelfguard.learn.train.pretrained import read_e5, use_vocabulary
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.trainer import Job
from shelfguard.learn.train.tune import (
    Course,
    Learner,
    read_states,
    read_task,
    read_texts,
    sample,
    tune,
)
from shelfguard.listing import Batch
from shelfguard.models.embedding import Embedding, Floats
from shelfguard.models.transformer import Transformer
from shelfguard.policy.load import load_pack
from shelfguard.signals.text import resolve_models

GRAPH, PIECES, VECTORS = "encoder.onnx", "pieces.model", "vectors.npy"
CHECKPOINT = "lora.pt"


class LoraSettings(Settings):
    """What makes an adapted encoder.

    Of `layers` layers the lower `frozen` stay as they are; the others get updates of `rank`. The
    heads are trained in full. `rows` limits the rows to train on, `held_out` those to measure
    on, `looks` times an epoch.
    """

    pack: str = "ca-marketplace"
    layers: int = Field(12, ge=1, le=12)
    frozen: int = Field(6, ge=0, le=11)
    rank: int = Field(8, ge=1)
    alpha: int = Field(16, ge=1)
    dropout: float = Field(0.05, ge=0, lt=1)
    epochs: int = Field(3, ge=1)
    rate: float = Field(1e-3, gt=0)
    head_rate: float = Field(1e-3, gt=0)
    rows: int | None = Field(None, ge=1)
    held_out: int | None = Field(None, ge=1)
    looks: int = Field(2, ge=1)

    @model_validator(mode="after")
    def _leaves_a_layer_to_train(self) -> Self:
        if self.frozen >= self.layers:
            raise ValueError("fewer layers must be frozen than there are")
        return self


def train(job: Job) -> None:
    """Write adapter, merged graph and word pieces; a checkpoint each epoch.

    Raises:
        DataError: a setting is unknown or does not fit.
        ModelError: the pack has no word pieces, or a checkpoint is of another run.
    """
    settings = read_settings(LoraSettings, job.settings)
    pieces, vectors = copy_word_pieces(settings.pack, job.folder)
    tokenizer = SentencePieceProcessor(model_file=str(pieces))
    torch.manual_seed(job.seed)
    clauses, depth = job.dataset.clauses, Depth(settings.layers, settings.frozen)
    network = from_pretrained(use_vocabulary(read_e5(), tokenizer), len(clauses), depth)
    adapted = adapt(network, settings, job, tokenizer)
    save(adapted, job.folder)
    export(adapted.merge_and_unload(), clauses, Embedding(pieces, vectors), job.folder / GRAPH)


def adapt(
    network: Network, settings: LoraSettings, job: Job, tokenizer: SentencePieceProcessor
) -> PeftModel:
    """The network with trained updates and heads."""
    training = sample(job.dataset.train, settings.rows, job.seed)
    held_out = sample(job.dataset.calibration, settings.held_out, job.seed)
    states, checks = read_states(network, tokenizer, (training, held_out), job)
    adapted = add_updates(network, settings)
    task, truth = read_task(training), held_out.targets
    course = Course(states, task, checks, truth, settings.epochs, settings.looks)
    learner = Learner(network, make_optimizer(network, settings))
    tune(job, learner, course, Checkpoint.of(job, CHECKPOINT))
    return adapted


def add_updates(network: Network, settings: LoraSettings) -> PeftModel:
    """Low-rank updates of every matrix of the upper layers, in place; heads to train in full."""
    upper = "|".join(str(number) for number in range(settings.frozen, settings.layers))
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=rf"layers\.({upper})\.(qkv|out|inner|outer)",
        modules_to_save=list(FRESH),
    )
    return get_peft_model(network, config)


def make_optimizer(network: Network, settings: LoraSettings) -> torch.optim.AdamW:
    """AdamW; only the heads decay, since an update that decays falls back to the base."""
    updates = {"params": list(_trained(network, heads=False)), "lr": settings.rate}
    heads = {"params": list(_trained(network, heads=True)), "lr": settings.head_rate}
    return torch.optim.AdamW(
        [{**updates, "weight_decay": 0.0}, {**heads, "weight_decay": 0.05}], betas=(0.9, 0.98)
    )


def _trained(network: Network, *, heads: bool) -> Iterator[torch.nn.Parameter]:
    for name, value in network.named_parameters():
        if value.requires_grad and name.startswith(FRESH) is heads:
            yield value


def save(adapted: PeftModel, folder: Path) -> None:
    """Write updates and heads as safetensors; the model card is generated elsewhere."""
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)


def copy_word_pieces(pack: str, folder: Path) -> tuple[Path, Path]:
    """The pack's word pieces and their vectors, beside the model.

    Raises:
        ModelError: the pack has none.
    """
    files = resolve_models(load_pack(pack))
    copies = folder / PIECES, folder / VECTORS
    for name, copy in zip(("pieces", "vectors"), copies, strict=True):
        if name not in files:
            fix = "Build them first: python -m shelfguard.learn.build --steps pieces"
            raise ModelError(f"the pack {pack} has no model '{name}'", fix=fix)
        shutil.copyfile(files[name], copy)
    return copies


class Encoder:
    """A Scorer on ONNX Runtime."""

    def __init__(self, transformer: Transformer) -> None:
        self._transformer = transformer

    @property
    def clauses(self) -> list[str]:
        return list(self._transformer.clauses)

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses]."""
        logits = self._transformer.score(read_texts(batch))
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def load(folder: Path, record: ModelRecord) -> Encoder:
    """The encoder of a model folder.

    Raises:
        ModelError: a file is missing or does not fit the others.
    """
    return Encoder(Transformer(folder / GRAPH, Embedding(folder / PIECES, folder / VECTORS)))
