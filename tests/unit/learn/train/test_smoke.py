"""The tiny cut of a dataset."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from shelfguard.learn.data.dataset import Split
from shelfguard.learn.train.smoke import ROWS, cut_for_smoke
from tests.unit.learn.dataset_fixture import CLAUSES, examples, write_dataset


def test_the_cut_is_small_and_keeps_violations_of_each_clause(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path, examples(each=120))
    small = cut_for_smoke(dataset)
    assert len(dataset.train) > ROWS[Split.TRAIN] == len(small.train)
    assert small.clauses == CLAUSES
    for part in (small.train, small.calibration, small.test):
        violations = (np.nan_to_num(part.targets) >= 0.5).sum(axis=0)
        assert violations.min() >= 10
        assert 0.4 <= violations.sum() / len(part) <= 0.6


def test_the_cut_is_always_the_same(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path, examples(each=120))
    first, second = (cut_for_smoke(dataset).everything.rows for _ in range(2))
    assert first == second


def test_a_small_dataset_stays_whole(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path)
    small = cut_for_smoke(dataset)
    assert small.everything.rows == dataset.everything.rows
    assert small.id == dataset.id
