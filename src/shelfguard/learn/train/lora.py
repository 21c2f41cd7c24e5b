"""Fine-tune the text encoder by low-rank updates of its upper layers (Hu et al., "LoRA", 2021).

The updates are merged before export, so that the result serves like any other encoder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from pydantic import Field
from sentencepiece import SentencePieceProcessor

from shelfguard.errors import ModelError
from shelfguard.learn.compress.export import export
from shelfguard.learn.data.dataset import Part
from shelfguard.learn.evaluate.measures import average_precision
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.fine_tune import (
    UNKNOWN_TOPIC,
    States,
    Task,
    batches,
    frozen_states,
    loss,
    predict,
    schedule,
)
from shelfguard.learn.train.network import FRESH, Depth, Network, from_pretrained
from shelfguard.learn.train.pretrained import Pretrained, read_e5, use_vocabulary
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.trainer import Job
from shelfguard.listing import Batch
from shelfguard.models.embedding import Embedding, Floats
from shelfguard.models.transformer import Transformer
from shelfguard.policy.load import load_pack
from shelfguard.signals.base import Derived
from shelfguard.signals.text import resolve_models, transformer_texts

GRAPH, PIECES, VECTORS = "encoder.onnx", "pieces.model", "vectors.npy"
CHECKPOINT = "lora.pt"


class LoraSettings(Settings):
    """What makes an adapted encoder.

    Of `layers` layers the lower `frozen` stay as they are; the others get updates of `rank`. The
    heads are trained in full. `rows` limits the rows to train on, `held_out` those to watch.
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
    """How often an epoch is measured on held-out rows."""


def train(job: Job) -> None:
    """Write adapter, merged graph and word pieces; a checkpoint each epoch.

    Raises:
        DataError: a setting is unknown or does not fit.
        ModelError: the pack has no word pieces, or a checkpoint is of another run.
    """
    settings = read_settings(LoraSettings, job.settings)
    pieces, vectors = _word_pieces(settings.pack, job.folder)
    tokenizer = SentencePieceProcessor(model_file=str(pieces))
    network = build_network(
        use_vocabulary(read_e5(), tokenizer), job.dataset.clauses, settings, job.seed
    )
    adapted = add_adapter(network, settings)
    parameters = [
        {"params": list(_trained(network, heads=False)), "lr": settings.rate, "weight_decay": 0.0},
        {"params": list(_trained(network, heads=True)), "lr": settings.head_rate},
    ]
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.98), weight_decay=0.05)
    course = read_course(job, network, tokenizer, settings)
    follow(job, network, optimizer, course, settings)
    adapted.save_pretrained(job.folder)
    (job.folder / "README.md").unlink(missing_ok=True)
    merged = adapted.merge_and_unload()
    export(merged, job.dataset.clauses, Embedding(pieces, vectors), job.folder / GRAPH)


def build_network(
    pretrained: Pretrained, clauses: Sequence[str], settings: LoraSettings, seed: int
) -> Network:
    """E5 under fresh heads; the seed decides how they start.

    Raises:
        ModelError: no layer would be left to adapt.
    """
    if settings.frozen >= settings.layers:
        raise ModelError("no layer is left to adapt", field="frozen", fix="Freeze fewer layers")
    torch.manual_seed(seed)
    return from_pretrained(pretrained, len(clauses), Depth(settings.layers, settings.frozen))


def add_adapter(network: Network, settings: LoraSettings) -> PeftModel:
    """Low-rank updates on every matrix of the upper layers, and heads trained in full."""
    upper = "|".join(str(number) for number in range(settings.frozen, settings.layers))
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=rf"layers\.({upper})\.(qkv|out|inner|outer)",
        modules_to_save=list(FRESH),
    )
    return get_peft_model(network, config)


@dataclass(frozen=True, slots=True)
class Course:
    """What is learned, and the held-out rows to measure it on."""

    states: States
    task: Task
    held_out: States
    truth: Floats

    def measure(self, network: Network) -> dict[str, float]:
        """Average precision over the known (listing, clause) pairs."""
        scores, known = predict(network, self.held_out), ~np.isnan(self.truth)
        truth = (self.truth[known] >= 0.5).astype(np.int8)
        return {"held_out_average_precision": average_precision(truth, scores[known])}


def read_course(
    job: Job, network: Network, tokenizer: SentencePieceProcessor, settings: LoraSettings
) -> Course:
    """Run the frozen layers once over all texts."""
    training = _sample(job.dataset.train, settings.rows, job.seed)
    held_out = _sample(job.dataset.calibration, settings.held_out, job.seed)
    job.watch.say(f"embedding {len(training) + len(held_out)} texts")
    return Course(
        frozen_states(network, tokenizer, read_texts(training.batch)),
        read_task(training),
        frozen_states(network, tokenizer, read_texts(held_out.batch)),
        held_out.targets,
    )


def read_texts(batch: Batch) -> list[str]:
    """Each listing as transformers read it."""
    return transformer_texts(Derived(batch), np.arange(len(batch)))


def read_task(part: Part) -> Task:
    """The targets of a part; a row's topic is what it was written near, or violates most."""
    places = {clause: number for number, clause in enumerate(part.clauses)}
    topics = [
        places.get(near, _topic(row, complete=complete))
        for near, row, complete in zip(
            part.column("near"), part.targets, part.column("complete"), strict=True
        )
    ]
    return Task(part.targets, np.array(topics, np.int64), part.weights / part.weights.mean())


def _topic(targets: Floats, *, complete: bool) -> int:
    if (np.nan_to_num(targets) >= 0.5).any():
        return int(np.nanargmax(targets))
    return len(targets) if complete else UNKNOWN_TOPIC


def _sample(part: Part, rows: int | None, seed: int) -> Part:
    if rows is None or rows >= len(part):
        return part
    return part.take(np.sort(np.random.default_rng(seed).permutation(len(part))[:rows]))


def follow(
    job: Job,
    network: Network,
    optimizer: torch.optim.Optimizer,
    course: Course,
    settings: LoraSettings,
) -> None:
    """All epochs from the last checkpoint on."""
    checkpoint = Checkpoint(job.checkpoints / CHECKPOINT, _name(job))
    rates = [group["lr"] for group in optimizer.param_groups]
    for epoch in range(_restore(checkpoint, network, optimizer), settings.epochs):
        drawn = list(batches(course.states.lengths(), np.random.default_rng([job.seed, epoch])))
        looks = {len(drawn) * (look + 1) // settings.looks for look in range(settings.looks)}
        losses: list[float] = []
        for number, rows in enumerate(drawn, 1):
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * schedule((epoch + number / len(drawn)) / settings.epochs)
            losses.append(_step(network, optimizer, course, rows))
            step = epoch * len(drawn) + number
            job.watch.advance(step, settings.epochs * len(drawn))
            if number in looks:
                measured = {"loss": float(np.mean(losses)), **course.measure(network)}
                job.watch.log(measured, step)
                losses.clear()
        _keep(checkpoint, network, optimizer, epoch + 1)


def _step(
    network: Network, optimizer: torch.optim.Optimizer, course: Course, rows: Any
) -> float:
    network.train()
    error = loss(network, course.states.batch(rows), course.task, rows)
    optimizer.zero_grad(set_to_none=True)
    error.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    return float(error.item())


def _name(job: Job) -> str:
    """What a checkpoint must agree on."""
    named = json.dumps([dict(job.settings), job.seed, job.dataset.id], sort_keys=True)
    return hashlib.sha256(named.encode()).hexdigest()


def _keep(
    checkpoint: Checkpoint, network: Network, optimizer: torch.optim.Optimizer, epoch: int
) -> None:
    trained = {name: value for name, value in network.named_parameters() if value.requires_grad}
    weights = {name: value.detach() for name, value in trained.items()}
    checkpoint.save({"epoch": epoch, "weights": weights, "optimizer": optimizer.state_dict()})


def _restore(checkpoint: Checkpoint, network: Network, optimizer: torch.optim.Optimizer) -> int:
    """How many epochs were done before, with the network as it was then."""
    state = checkpoint.load()
    if state is None:
        return 0
    network.load_state_dict(state["weights"], strict=False)
    optimizer.load_state_dict(state["optimizer"])
    return int(state["epoch"])


def _trained(network: Network, *, heads: bool) -> Any:
    return (
        value
        for name, value in network.named_parameters()
        if value.requires_grad and name.startswith(FRESH) is heads
    )


def _word_pieces(pack: str, folder: Path) -> tuple[Path, Path]:
    """The pack's word pieces and their vectors, copied beside the model."""
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
