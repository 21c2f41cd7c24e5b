"""Texts scored a second by a Triton server, against this process alone.

    .venv/bin/python -m benchmarks.triton triton://localhost:8001

Each round takes all variants in turn, so that a busy machine slows them alike; the table shows the
medians of the rounds.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from shelfguard.config import one_core_a_worker
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.serve.triton.backend import TritonBackend
from shelfguard.serve.triton.transformer import IN_FLIGHT
from shelfguard.signals.text import TRANSFORMERS, TextModel

TEXTS = [f"brushed steel lamp {n}, cord of three metres. " * (1 + n % 8) for n in range(40)]
DEADLINE = 60.0

Variants = dict[str, Callable[[], object]]


def main() -> None:
    """Print a table for each stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    one_core_a_worker()
    pack = load_pack("ca-marketplace")
    backend = TritonBackend(arguments.url, deadline=DEADLINE)
    for stage in TRANSFORMERS:
        print_table(stage, measure(variants(pack, stage, backend), arguments.rounds))


def variants(pack: Pack, stage: str, backend: TritonBackend) -> Variants:
    """What is measured: each scores all texts."""
    here, there = TextModel.from_pack(pack), TextModel.from_pack(pack, backend)
    assert here
    assert there
    local, remote = here.transformers[stage], there.transformers[stage]
    assert local.score(TEXTS).tobytes() == remote.score(TEXTS).tobytes()
    return {
        "this process": lambda: local.score(TEXTS),
        "Triton, one at a time": lambda: [remote.score([text]) for text in TEXTS],
        f"Triton, {IN_FLIGHT} on their way": lambda: remote.score(TEXTS),
    }


def measure(variants: Variants, rounds: int) -> dict[str, float]:
    """The median seconds of each variant."""
    seconds = defaultdict(list)
    for _ in range(rounds):
        for name, run in variants.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return {name: float(np.median(each)) for name, each in seconds.items()}


def print_table(stage: str, seconds: dict[str, float]) -> None:
    """Texts a second, milliseconds a text, and the ratio to the first variant."""
    first = next(iter(seconds.values()))
    print(f"| {stage} | texts/s | ms a text | ratio |\n|---|---|---|---|")
    for name, each in seconds.items():
        rate, ms = len(TEXTS) / each, each / len(TEXTS) * 1000
        print(f"| {name} | {rate:.1f} | {ms:.1f} | {first / each:.2f} |")


if __name__ == "__main__":
    main()
