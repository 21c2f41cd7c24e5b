"""Fine-tuning a small network: it learns, and an interruption changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from shelfguard.errors import ModelError
from shelfguard.learn.train.checkpoint import Checkpoint
from shelfguard.learn.train.fine_tune import (
    Course,
    Step,
    Task,
    fine_tune,
    make_optimizer,
    predict,
)
from shelfguard.learn.train.network import Depth, Network
from shelfguard.learn.train.pretrained import HIDDEN
from shelfguard.learn.train.states import States

COURSE = Course(epochs=3, seed=7, batch_tokens=96)
TEXTS = 12
FILE = "checkpoint.pt"


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Threads that wait for each other are slow where cores are busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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


def run(folder: Path, stop_after: int | None = None) -> tuple[Network, list[Step]]:
    """Train; after `stop_after` steps, die as by `kill -9`."""
    network, steps = fresh_network(), []
    checkpoint = Checkpoint(folder / FILE, "test")
    optimizer = make_optimizer(network, COURSE)
    for step in fine_tune(network, *lesson(), COURSE, checkpoint, optimizer):
        steps.append(step)
        if step.number == stop_after:
            os.kill(os.getpid(), signal.SIGKILL)
    return network, steps


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, list[Step]]:
    """A training that nothing interrupted."""
    return run(tmp_path_factory.mktemp("whole"))


def test_the_network_learns(whole: tuple[Network, list[Step]]) -> None:
    scores = predict(whole[0], lesson()[0])
    assert scores[::2, 0].min() > scores[1::2, 0].max()


def test_products_in_16_bits_learn_nearly_the_same(
    whole: tuple[Network, list[Step]], tmp_path: Path
) -> None:
    network, optimizer = (made := fresh_network()), make_optimizer(made, COURSE)
    network.products = torch.bfloat16
    checkpoint = Checkpoint(tmp_path / FILE, "test")
    steps = list(fine_tune(network, *lesson(), COURSE, checkpoint, optimizer))
    losses, others = ([step.loss for step in found] for found in (steps, whole[1]))
    assert losses != others
    np.testing.assert_allclose(losses, others, rtol=0.05)
    states, _ = lesson()
    np.testing.assert_allclose(predict(network, states), predict(whole[0], states), atol=0.3)


def test_the_last_step_of_each_epoch_says_so(whole: tuple[Network, list[Step]]) -> None:
    _, steps = whole
    assert [step.epoch for step in steps if step.epoch is not None] == [0, 1, 2]
    assert steps[-1].number == steps[-1].total == len(steps)


def test_a_killed_training_goes_on_to_the_same_weights(
    whole: tuple[Network, list[Step]], tmp_path: Path
) -> None:
    expected, steps = whole
    dies = f"run(Path({str(tmp_path)!r}), stop_after={len(steps) - 1})"
    script = f"from {__name__} import *; torch.set_num_threads(1); {dies}"
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / FILE).is_file()
    found, taken = run(tmp_path)
    assert [step.epoch for step in taken if step.epoch is not None] == [2]
    for name, value in expected.state_dict().items():
        torch.testing.assert_close(found.state_dict()[name], value, rtol=0, atol=0)


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    Checkpoint(tmp_path / FILE, "test").save({"epoch": 1})
    other = Checkpoint(tmp_path / FILE, "other")
    network = fresh_network()
    steps = fine_tune(network, *lesson(), COURSE, other, make_optimizer(network, COURSE))
    with pytest.raises(ModelError, match="another recipe or dataset"):
        next(steps)


def test_a_torn_checkpoint_is_a_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.pt"
    file.write_bytes(b"half")
    with pytest.raises(ModelError, match="no checkpoint"):
        Checkpoint(file, "test").load()
