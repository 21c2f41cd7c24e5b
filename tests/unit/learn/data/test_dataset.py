"""A dataset folder is read as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("datasketch")

from shelfguard.errors import DataError
from shelfguard.learn.data.dataset import MANIFEST, ROWS, Dataset, Origin, Split
from tests.unit.learn.data.tiny_dataset import TinyInputs


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return TinyInputs(tmp_path).build()


def test_parts_share_no_row_and_leave_none_out(dataset: Dataset) -> None:
    parts = [dataset.part(split, origin) for split in Split for origin in Origin]
    hashes = [name for part in parts for name in part.column("content_hash")]
    assert sorted(hashes) == dataset.everything.column("content_hash")


def test_rows_go_with_their_listings(dataset: Dataset) -> None:
    for part in (dataset.train, dataset.calibration, dataset.test):
        assert part.column("content_hash") == part.batch.content_hashes()


def test_weights_are_inverse_sampling_probabilities(dataset: Dataset) -> None:
    assert dataset.train.weights.tolist() == [1] * len(dataset.train)


def test_rows_can_be_taken_by_position(dataset: Dataset) -> None:
    places = np.array([3, 1])
    ids = dataset.everything.batch.ids()
    assert dataset.everything.take(places).batch.ids() == [ids[3], ids[1]]


def test_a_folder_without_a_manifest_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no dataset here"):
        Dataset.load(tmp_path)


def test_a_manifest_with_an_unknown_key_is_refused(dataset: Dataset) -> None:
    file = dataset.root / MANIFEST
    file.write_text(file.read_text().replace('"pack"', '"bag": 1, "pack"', 1))
    with pytest.raises(DataError, match="'bag': unknown key"):
        Dataset.load(dataset.root)


def test_a_missing_or_changed_file_is_named(dataset: Dataset) -> None:
    (dataset.root / ROWS).write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"rows\.parquet: is not the file"):
        Dataset.load(dataset.root)
    with pytest.raises(DataError, match=r"rows\.parquet: cannot be read"):
        Dataset.load(dataset.root, verify=False)
    (dataset.root / ROWS).unlink()
    with pytest.raises(DataError, match=r"rows\.parquet: is not the file"):
        Dataset.load(dataset.root)
