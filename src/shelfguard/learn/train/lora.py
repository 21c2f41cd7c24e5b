"""Fine-tune the text encoder by low-rank updates of its upper layers (Hu et al., "LoRA", 2021).

The updates are merged before export, so that the result serves like any other encoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from pydantic import Field
from torch.optim import Optimizer

from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.fine_tune import Course
from shelfguard.learn.train.network import FRESH, Network
from shelfguard.learn.train.settings import read_settings
from shelfguard.learn.train.trainer import Job
from shelfguard.learn.train.transformer_recipe import (
    TransformerSettings,
    export_to,
    load,
    prepare,
    teach,
)

__all__ = ["LoraSettings", "load", "train"]

CHECKPOINT = "lora.pt"


class LoraSettings(TransformerSettings):
    """What makes an adapted transformer: each matrix of a layer that is not frozen gets an update.

    Updates learn at `upper_rate` and the heads, in full, at `head_rate`. An update counts
    `alpha / rank`.
    """

    rank: int = Field(8, ge=1)
    alpha: int = Field(16, ge=1)
    dropout: float = Field(0.05, ge=0, lt=1)
    upper_rate: float = Field(1e-3, gt=0)


def train(job: Job) -> None:
    """Write updates, merged graph and word pieces; a checkpoint each epoch.

    Raises:
        DataError: a setting is unknown or does not fit, or there is nothing to learn from.
        ModelError: there are no such word pieces, or a checkpoint is of another training.
    """
    settings = read_settings(LoraSettings, job.settings)
    network, lesson = prepare(job, settings)
    adapted, course = add_updates(network, settings), settings.course(job.seed)
    optimizer = make_optimizer(network, course)
    teach(network, lesson, course, Checkpoint.of(job, CHECKPOINT), job.watch, optimizer)
    save(adapted, job.folder)
    export_to(job, adapted.merge_and_unload())


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


def make_optimizer(network: Network, course: Course) -> Optimizer:
    """AdamW; only the heads decay, since an update that decays falls back to the base."""
    updates, heads = (list(_trained(network, heads=heads)) for heads in (False, True))
    return torch.optim.AdamW(
        [
            {"params": updates, "lr": course.upper_rate, "weight_decay": 0.0},
            {"params": heads, "lr": course.head_rate, "weight_decay": 0.05},
        ],
        betas=(0.9, 0.98),
    )


def _trained(network: Network, *, heads: bool) -> Iterator[torch.nn.Parameter]:
    for name, value in network.named_parameters():
        if value.requires_grad and name.startswith(FRESH) is heads:
            yield value


def save(adapted: PeftModel, folder: Path) -> None:
    """Write updates and heads as safetensors; the model card is generated elsewhere."""
    adapted.save_pretrained(str(folder))
    (folder / "README.md").unlink(missing_ok=True)
