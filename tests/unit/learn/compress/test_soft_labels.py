"""Asking teachers, pooling what they say, and keeping it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.compress import soft_labels as module
from shelfguard.learn.compress.soft_labels import CERTAIN, SoftLabels, judge, mix, pool, soft_labels
from shelfguard.learn.compress.teachers import Teacher
from shelfguard.listing import Batch
from tests.unit.learn.dataset_fixture import CLAUSES, write_dataset

Floats = npt.NDArray[np.float32]

HEALTH, WEAPON = CLAUSES
certainties = st.floats(CERTAIN, 1 - CERTAIN)
probabilities = st.lists(certainties, min_size=1, max_size=5)


class Silent:
    """A Watch that nobody looks at."""

    def log(self, metrics: Mapping[str, float], step: int) -> None: ...

    def say(self, message: str) -> None: ...

    def advance(self, done: int, total: int) -> None: ...


class Words:
    """Sure of weapons where a title says so, and silent on everything else."""

    def __init__(self, lasts: int = 1 << 30) -> None:
        self.clauses = ["CA-WPN-001", "CA-XXX-001"]
        self.read, self.lasts = 0, lasts

    def probabilities(self, batch: Batch) -> Floats:
        if self.read >= self.lasts:
            raise KeyboardInterrupt
        self.read += len(batch)
        titles = [next(iter(r["title"].values())) for r in batch.records()]
        found = np.array(["duster" in title for title in titles], np.float32)
        return np.column_stack([found * 0.8 + 0.1, np.full(len(batch), np.nan)]).astype(np.float32)


def teacher(scorer: Words | None = None, weight: float = 1.0) -> Teacher:
    return Teacher("words", "d1" * 32, scorer or Words(), weight)


def cell(*values: float) -> list[Floats]:
    return [np.array([[value]], np.float32) for value in values]


@given(certainties)
def test_a_teacher_alone_is_taken_at_its_word(p: float) -> None:
    assert pool(cell(p), [2.5])[0, 0] == pytest.approx(p, rel=1e-3, abs=1e-5)


@given(probabilities)
def test_the_pool_lies_among_its_teachers_and_has_no_order(values: list[float]) -> None:
    weights = [1.0 + n for n in range(len(values))]
    (found,) = pool(cell(*values), weights).ravel()
    assert min(values) - 1e-4 <= found <= max(values) + 1e-4
    assert found == pytest.approx(pool(cell(*values[::-1]), weights[::-1])[0, 0], abs=1e-6)


@given(certainties)
def test_a_silent_teacher_has_no_vote(p: float) -> None:
    assert pool(cell(p, np.nan), [1, 100])[0, 0] == pytest.approx(p, rel=1e-3, abs=1e-5)


def test_where_no_teacher_speaks_nothing_is_known() -> None:
    assert np.isnan(pool(cell(np.nan, np.nan), [1, 1])).all()


def test_no_teacher_is_so_sure_that_the_others_count_for_nothing() -> None:
    assert pool(cell(1.0, 0.01, 0.01, 0.01), [1, 1, 1, 1])[0, 0] < 0.5


def test_a_temperature_draws_towards_a_half_and_keeps_the_order() -> None:
    warm, hot = (pool(cell(0.9), [1], t)[0, 0] for t in (2, 5))
    assert 0.9 > warm > hot > 0.5


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_people_count_their_share_where_they_spoke(gold: float, soft: float, share: float) -> None:
    (mixed,) = mix(cell(gold)[0], cell(soft)[0], share).ravel()
    assert mixed == pytest.approx(share * gold + (1 - share) * soft, abs=1e-5)
    assert mix(cell(np.nan)[0], cell(soft)[0], share)[0, 0] == pytest.approx(soft, abs=1e-6)
    assert mix(cell(gold)[0], cell(np.nan)[0], share)[0, 0] == pytest.approx(gold, abs=1e-6)
    assert np.isnan(mix(cell(np.nan)[0], cell(np.nan)[0], share))


def test_a_listing_is_read_once(tmp_path: Path) -> None:
    part = write_dataset(tmp_path / "data").everything
    words = Words()
    some = part.take(np.arange(30))
    judge(teacher(words), some.batch, tmp_path, Silent())
    judge(teacher(words), part.batch, tmp_path, Silent())
    assert words.read == len(part)


def test_an_interrupted_run_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 16)
    batch = write_dataset(tmp_path / "data").everything.batch
    with pytest.raises(KeyboardInterrupt):
        judge(teacher(Words(lasts=48)), batch, tmp_path, Silent())
    words = Words()
    resumed = judge(teacher(words), batch, tmp_path, Silent())
    assert words.read == len(batch) - 48
    assert np.array_equal(resumed, Words().probabilities(batch), equal_nan=True)


def test_other_teachers_are_asked_themselves(tmp_path: Path) -> None:
    batch = write_dataset(tmp_path / "data").everything.batch
    judge(teacher(), batch, tmp_path, Silent())
    other = Words()
    judge(Teacher("words", "d2" * 32, other), batch, tmp_path, Silent())
    assert other.read == len(batch)


def test_the_same_teachers_and_rows_give_the_same_file(tmp_path: Path) -> None:
    part = write_dataset(tmp_path / "data").train
    files = []
    for name in ("one", "two"):
        soft_labels([teacher()], part, 1.0, tmp_path / name, Silent())
        (file,) = (tmp_path / name).glob("pooled-*.parquet")
        files.append(file)
    assert files[0].name == files[1].name
    assert files[0].read_bytes() == files[1].read_bytes()


def test_soft_labels_name_their_teachers_and_survive_the_disk(tmp_path: Path) -> None:
    part = write_dataset(tmp_path / "data").train
    made = soft_labels([teacher(weight=0.5)], part, 2.0, tmp_path, Silent())
    made.save(tmp_path / "labels.parquet")
    read = SoftLabels.load(tmp_path / "labels.parquet")
    assert np.array_equal(read.of(part), made.of(part), equal_nan=True)
    assert read.about["teachers"] == [{"name": "words", "digest": "d1" * 32, "weight": 0.5}]
    assert read.about["temperature"] == 2.0


def test_a_clause_that_no_teacher_knows_has_no_soft_label(tmp_path: Path) -> None:
    part = write_dataset(tmp_path / "data").train
    found = soft_labels([teacher()], part, 1.0, tmp_path, Silent()).of(part)
    assert np.isnan(found[:, part.clauses.index(HEALTH)]).all()
    assert not np.isnan(found[:, part.clauses.index(WEAPON)]).any()


def test_rows_that_were_not_asked_about_have_no_soft_labels(tmp_path: Path) -> None:
    part = write_dataset(tmp_path / "data").train
    labels = soft_labels([teacher()], part.take(np.arange(5)), 1.0, tmp_path, Silent())
    assert np.isnan(labels.of(part)[5:]).all()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    batch = write_dataset(tmp_path / "data").train.batch
    judge(teacher(), batch, tmp_path, Silent())
    (file,) = (tmp_path / ("d1" * 8)).glob("*.parquet")
    file.write_bytes(b"nonsense")
    with pytest.raises(DataError, match=f"{file.name}.*Remove it"):
        judge(teacher(), batch, tmp_path, Silent())
