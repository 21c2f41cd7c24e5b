"""Fine-tuning a small network: it learns, and an interruption changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from shelfguard.errors import ModelError
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.fine_tune import Course, States, Task, fine_tune, predict
from shelfguard.learn.train.network import Depth, Network
from shelfguard.learn.train.pretrained import HIDDEN

COURSE = Course(epochs=3, seed=7, batch_tokens=192)
TEXTS = 24
WEIGHTS = "weights.pt"


def lesson() -> tuple[States, Task]:
    """Texts of two topics; the first is violated wherever its first number is above 0."""
    rng = np.random.default_rng(7)
    lengths = rng.integers(6, 30, TEXTS)
    last = [rng.normal(size=(length, HIDDEN)).astype(np.float16) for length in lengths]
    labels = np.zeros((TEXTS, 2), np.float32)
    labels[::2, 0], labels[1::6, 1] = 1, np.nan
    for states, label in zip(last, labels, strict=True):
        states[:, :8] += 4 * label[0]
    early = [states.mean(axis=0).astype(np.float16) for states in last]
    topics = np.array([0, 2] * (TEXTS // 2), np.int64)
    return States(early, last), Task(labels, topics, np.ones(TEXTS, np.float32))


def fresh_network() -> Network:
    torch.manual_seed(7)
    return Network(vocabulary=8, clauses=2, depth=Depth(layers=1, frozen=0))


def run(folder: Path, stop_after: int | None = None) -> Network:
    """Train; `stop_after` steps, die as `kill -9` does."""
    network = fresh_network()
    checkpoint = Checkpoint(folder / "checkpoint.pt", "test")
    for step in fine_tune(network, *lesson(), COURSE, checkpoint):
        if step.number == stop_after:
            os.kill(os.getpid(), signal.SIGKILL)
    return network


def test_the_network_learns(tmp_path: Path) -> None:
    states, task = lesson()
    scores = predict(run(tmp_path), states)
    assert scores[::2, 0].min() > scores[1::2, 0].max()


def test_the_last_step_of_each_epoch_says_so(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "checkpoint.pt", "test")
    steps = list(fine_tune(fresh_network(), *lesson(), COURSE, checkpoint))
    assert [step.epoch for step in steps if step.epoch is not None] == [0, 1, 2]
    assert steps[-1].number == steps[-1].total == len(steps)


def test_a_killed_training_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    expected = run(whole)
    steps = len(list(fine_tune(fresh_network(), *lesson(), COURSE, Checkpoint(tmp_path / "c", "c"))))
    dies = f"run(Path({str(killed)!r}), stop_after={steps - 1})"
    done = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import *; {dies}"], check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert (killed / "checkpoint.pt").is_file()
    found = run(killed)
    for name, value in expected.state_dict().items():
        torch.testing.assert_close(found.state_dict()[name], value, rtol=0, atol=0)


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    other = Checkpoint(tmp_path / "checkpoint.pt", "other")
    with pytest.raises(ModelError, match="another recipe or dataset"):
        next(fine_tune(fresh_network(), *lesson(), COURSE, other))


def test_a_torn_checkpoint_is_a_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.pt"
    file.write_bytes(b"half")
    with pytest.raises(ModelError, match="no checkpoint"):
        Checkpoint(file, "test").load()
