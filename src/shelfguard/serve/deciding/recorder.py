"""The last lane: decisions are in the store before anyone is told them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol

import pyarrow as pa

from shelfguard.errors import StoreError
from shelfguard.run.export import to_jsonl
from shelfguard.serve.deciding.job import Answer, Job, settle


class Ledger(Protocol):
    """Keeps decisions; what it has returned from survives the server."""

    def keep(self, answered: Sequence[tuple[Job, Answer]]) -> None:
        """Write them all in one transaction, but those whose client was told otherwise meanwhile.

        Raises:
            StoreError: nothing of it was written.
        """
        ...


Told = Callable[[Sequence[tuple[Job, Answer]]], None]
"""Hears of all that was kept, after it was answered."""


class Recorder:
    """Writes finished jobs, many in one transaction, and then answers them."""

    def __init__(
        self, ledger: Ledger, told: Callable[[Sequence[tuple[Job, Answer]]], None]
    ) -> None:
        self._ledger, self._told = ledger, told

    def record(self, jobs: Sequence[Job]) -> None:
        """Keep and answer; a job that could not be kept is told so, and was not decided."""
        waiting = [job for job in jobs if not job.future.done()]
        answered = list(zip(waiting, _answers(waiting), strict=True))
        try:
            self._ledger.keep([(job, answer) for job, answer in answered if job.caller.keeps])
        except StoreError as error:
            _answer([(job, error if job.caller.keeps else answer) for job, answer in answered])
        else:
            # Before they are answered: the loop may have settled them when this goes on.
            kept = [(job, answer) for job, answer in answered if not job.future.done()]
            _answer(answered)
            self._told(kept)


def _answers(jobs: Sequence[Job]) -> list[Answer]:
    """The decisions of all jobs, written as JSON together."""
    if not jobs:
        return []
    tables = [job.decided for job in jobs]
    lines = to_jsonl(pa.concat_tables(tables)).splitlines()
    answers, start = [], 0
    for job, table in zip(jobs, tables, strict=True):
        end = start + table.num_rows
        answers.append(Answer(lines[start:end], table, job.probabilities, job.decided_by))
        start = end
    return answers


def _answer(done: Sequence[tuple[Job, Answer | Exception]]) -> None:
    """Settle jobs on their event loops, waking each loop once."""
    by_loop = defaultdict(list)
    for job, answer in done:
        by_loop[job.loop].append((job, answer))
    for loop, settled in by_loop.items():
        loop.call_soon_threadsafe(settle, settled)
