"""One step of a judge's training, and its examination on held-out questions."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from peft import get_peft_model_state_dict, set_peft_model_state_dict
from torch import Tensor
from torch.nn import functional

from shelfguard.learn.evaluate.measures import average_precision
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.judge_data import Material, Pair
from shelfguard.learn.train.judge_model import logits, pack
from shelfguard.learn.train.judge_prompt import Prompts
from shelfguard.learn.train.judge_scorer import judged


class Lesson:
    """The judge as it learns. `rate` gives the learning rate of a step.

    The verdict counts 1, and all that follows it `rest_weight`.
    """

    def __init__(
        self,
        model: Any,
        prompts: Prompts,
        material: Material,
        rate: Callable[[int], float],
        rest_weight: float,
    ) -> None:
        self.model, self.prompts = model, prompts
        self._material, self._rate, self._rest_weight = material, rate, rest_weight
        self._trained = [p for p in model.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(self._trained, lr=rate(0), weight_decay=0.0)

    def learn(self, groups: Sequence[Sequence[Pair]], step: int) -> dict[str, float]:
        """One step over some groups, their gradients added up."""
        began = time.perf_counter()
        self.model.train()
        losses = [self._backward(pairs, len(groups)) for pairs in groups]
        torch.nn.utils.clip_grad_norm_(self._trained, 1.0)
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate(step)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        loss, verdict = np.mean(losses, axis=0).tolist()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds = time.perf_counter() - began
        return {"loss": loss, "verdict_loss": verdict, "step_seconds": seconds, "peak_mib": peak}

    def _backward(self, pairs: Sequence[Pair], parts: int) -> tuple[float, float]:
        """(loss, log loss of the verdict alone) of one group, which shares its policy."""
        prompts, texts = self.prompts, self._material.texts
        answers = [self._answer(pair) for pair in pairs]
        listings = [prompts.listing(texts[pair.row]) for pair in pairs]
        seen = [[*a, *b[:-1]] for a, b in zip(listings, answers, strict=True)]
        packed = pack(prompts.policy(pairs[0].clause), seen)
        firsts = [a + len(b) - 1 for a, b in zip(packed.starts, listings, strict=True)]
        ends = [first + len(answer) for first, answer in zip(firsts, answers, strict=True)]
        places = [n for first, end in zip(firsts, ends, strict=True) for n in range(first, end)]
        after = logits(self.model, packed, places)
        wanted = torch.tensor([token for answer in answers for token in answer])
        each = functional.cross_entropy(after, wanted, reduction="none")
        loss = (each * self._weights(answers)).sum() / len(pairs)
        (loss / parts).backward()
        verdicts = np.isin(places, firsts).nonzero()[0]
        return float(loss.item()), self._verdict_loss(after[verdicts].detach(), wanted[verdicts])

    def _weights(self, answers: Sequence[Sequence[int]]) -> Tensor:
        rests = [len(answer) - 1 for answer in answers]
        return torch.tensor(
            [weight for rest in rests for weight in (1.0, *[self._rest_weight / rest] * rest)]
        )

    def _verdict_loss(self, after: Tensor, wanted: Tensor) -> float:
        margin = after[:, self.prompts.yes] - after[:, self.prompts.no]
        violates = (wanted == self.prompts.yes).float()
        return float(functional.binary_cross_entropy_with_logits(margin, violates).item())

    def _answer(self, pair: Pair) -> list[int]:
        quote = self._material.quote(pair) if pair.violates else None
        return self.prompts.answer(violates=pair.violates, quote=quote)

    def keep(self, checkpoint: Checkpoint, step: int) -> None:
        """Write a checkpoint after so many steps."""
        adapter = get_peft_model_state_dict(self.model, save_embedding_layers=False)
        optimizer = self._optimizer.state_dict()
        checkpoint.save({"step": step, "adapter": adapter, "optimizer": optimizer})

    def restore(self, checkpoint: Checkpoint) -> int:
        """How many steps were done before, with the adapter as it was then."""
        state = checkpoint.load()
        if state is None:
            return 0
        set_peft_model_state_dict(self.model, state["adapter"])
        self._optimizer.load_state_dict(state["optimizer"])
        return int(state["step"])


@dataclass(frozen=True, slots=True)
class Exam:
    """Fixed held-out questions: so many violations, as many rows written near their clause."""

    texts: list[str]
    clauses: list[str]
    truth: list[bool]

    @classmethod
    def of(cls, pairs: Sequence[Pair], texts: Mapping[int, str]) -> Exam:
        """Questions about rows, whose texts are given by row."""
        columns = ([texts[p.row] for p in pairs], [p.clause for p in pairs])
        return cls(*columns, [p.violates for p in pairs])

    def sit(self, model: Any, prompts: Prompts) -> dict[str, float]:
        """Average precision, accuracy at one half, and log loss; nothing without questions."""
        if not self.truth:
            return {}
        chances = judged(model.eval(), prompts, self.texts, self.clauses)
        truth = np.array(self.truth)
        right = np.where(truth, chances, 1 - chances).clip(1e-6)
        return {
            "held_out_average_precision": average_precision(truth.astype(np.int8), chances),
            "held_out_accuracy": float(((chances >= 0.5) == truth).mean()),
            "held_out_log_loss": float(-np.log(right).mean()),
        }
