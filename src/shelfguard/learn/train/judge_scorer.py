"""The trained judge: verdicts and quotes for pairs of a listing and a clause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, ValidationError

from shelfguard.decision import Evidence
from shelfguard.errors import ModelError
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.judge_model import (
    base_folder,
    load_adapter,
    load_base,
    load_tokenizer,
    logits,
    pack,
    write_on,
)
from shelfguard.learn.train.judge_prompt import Prompts
from shelfguard.listing import Batch
from shelfguard.models.embedding import Floats
from shelfguard.models.student import Student
from shelfguard.policy.schema import row_problem
from shelfguard.signals.base import Derived
from shelfguard.signals.fold import fold
from shelfguard.signals.text import read_by, transformer_texts

FILE, CANDIDATES = "judge.json", "candidates.npz"

AT_ONCE = 8
"""Listings that share one pass over their clause's policy."""

QUOTE_TOKENS = 20

CANDIDATES_A_LISTING = 3


class JudgeFile(BaseModel):
    """`judge.json`: the base under the adapter, and the policies that it was trained on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base: str
    base_sha256: str
    four_bits: bool
    policy_tokens: int
    listing_tokens: int
    policies: dict[str, str]

    def prompts(self, folder: Path) -> Prompts:
        """The prompts for a base model's tokenizer."""
        tokenizer = load_tokenizer(folder)
        return Prompts(tokenizer, self.policies, self.policy_tokens, self.listing_tokens)


@dataclass(frozen=True, slots=True)
class Verdict:
    """P(violates) of one pair, and the quotes that the judge rests a violation on."""

    probability: float
    evidence: list[Evidence]


class Judge:
    """A Scorer, and more: it answers about any pairs of a listing and a clause.

    The student, where there is one, names the clauses of a listing that are worth a question.
    """

    def __init__(
        self, model: Any, prompts: Prompts, clauses: list[str], student: Student | None
    ) -> None:
        self._model, self._prompts, self._student = model.eval(), prompts, student
        self.clauses = clauses

    def judge(self, batch: Batch, rows: Sequence[int], clauses: Sequence[str]) -> list[Verdict]:
        """A verdict on each (row, clause); violations are quoted.

        A quote that does not stand in the listing is left out.
        """
        derived = Derived(batch)
        texts = transformer_texts(derived, np.array(rows, np.int64))
        chances = judged(self._model, self._prompts, texts, clauses)
        return [
            Verdict(chance, self._evidence(derived, row, text, clause) if chance >= 0.5 else [])
            for chance, row, text, clause in zip(
                chances.tolist(), rows, texts, clauses, strict=True
            )
        ]

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses] of the likeliest clauses; NaN for the others.

        To judge every clause would take a forward pass each: only those that the pack's student
        ranks highest are judged, or all of them where the pack had no student.
        """
        derived = Derived(batch)
        texts = transformer_texts(derived, np.arange(len(batch)))
        rows, columns = self._candidates(derived)
        found = np.full((len(batch), len(self.clauses)), np.nan, np.float32)
        asked = [texts[row] for row in rows], [self.clauses[column] for column in columns]
        found[rows, columns] = judged(self._model, self._prompts, *asked)
        return found

    def _candidates(self, derived: Derived) -> tuple[list[int], list[int]]:
        """(rows, columns) of the pairs to judge."""
        asked = np.ones((len(derived.batch), len(self.clauses)), bool)
        if self._student is not None:
            ranks = np.full(asked.shape, 0)
            names = list(self._student.clauses)
            known = np.flatnonzero([clause in names for clause in self.clauses])
            scores = student_scores(self._student, derived)
            scores = scores[:, [names.index(self.clauses[column]) for column in known]]
            ranks[:, known] = (-scores).argsort(axis=1).argsort(axis=1)
            asked = ranks < CANDIDATES_A_LISTING
        rows, columns = np.nonzero(asked)
        return rows.tolist(), columns.tolist()

    def _evidence(self, derived: Derived, row: int, text: str, clause: str) -> list[Evidence]:
        prompts = self._prompts
        prompt = [*prompts.policy(clause), *prompts.listing(text), prompts.yes, *prompts.because()]
        with torch.inference_mode():
            quote = prompts.read_quote(write_on(self._model, prompt, prompts.end, QUOTE_TOKENS))
        found = find_quote(derived, row, quote)
        return [found] if found else []


def judged(model: Any, prompts: Prompts, texts: Sequence[str], clauses: Sequence[str]) -> Floats:
    """P(violates) of each (text, clause). The texts of a clause share the pass over its policy."""
    chances = np.empty(len(texts), np.float32)
    order = sorted(range(len(texts)), key=lambda i: (clauses[i], len(texts[i])))
    with torch.inference_mode():
        for clause, places in groupby(order, key=lambda i: clauses[i]):
            same = list(places)
            for start in range(0, len(same), AT_ONCE):
                chunk = same[start : start + AT_ONCE]
                listings = [prompts.listing(texts[i]) for i in chunk]
                packed = pack(prompts.policy(clause), listings)
                ends = [a + len(b) - 1 for a, b in zip(packed.starts, listings, strict=True)]
                after = logits(model, packed, ends)
                chances[chunk] = torch.sigmoid(after[:, prompts.yes] - after[:, prompts.no]).numpy()
    return chances


def student_scores(student: Student, derived: Derived) -> Floats:
    """What the words of each listing say to a student, [listings, its clauses]."""
    return read_by(student, derived, ()).scores


def find_quote(derived: Derived, row: int, quote: str) -> Evidence | None:
    """Where a quote stands in a listing, case and disguise aside; None where it does not."""
    wanted = fold(quote).text.strip()
    segments = derived.segments
    for i in np.flatnonzero(segments.rows == row) if wanted else ():
        text, folded = segments.texts[i], fold(segments.texts[i])
        start = folded.text.find(wanted)
        if start >= 0:
            first, last = folded.source_span(start, start + len(wanted))
            field, lang = segments.fields[i], segments.langs[i]
            return Evidence("span", "judge", field, lang, first, last, text[first:last])
    return None


def save(model: Any, file: JudgeFile, student: Student | None, folder: Path) -> None:
    """Write the adapter, what it was trained on, and what picks its candidates."""
    model.peft_config["default"].base_model_name_or_path = file.base
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    (folder / FILE).write_text(file.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if student is not None:
        student.save(folder / CANDIDATES)


def load(folder: Path, record: ModelRecord) -> Judge:
    """The judge of a model folder.

    Raises:
        ModelError: a file is missing or broken, or the base model cannot be had.
    """
    path = folder / FILE
    try:
        file = JudgeFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelError("no judge here", file=path, fix="Train it again") from error
    except ValidationError as error:
        field, problem = row_problem(error, JudgeFile)
        raise ModelError(problem, file=path, field=field) from error
    base = base_folder(file.base, file.base_sha256)
    model = load_adapter(load_base(base, four_bits=file.four_bits), folder)
    candidates = folder / CANDIDATES
    student = Student.load(candidates) if candidates.is_file() else None
    return Judge(model, file.prompts(base), list(file.policies), student)
