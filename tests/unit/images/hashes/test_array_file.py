from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import DataError
from shelfguard.images.hashes.array_file import ALIGNMENT, MAGIC, ArrayFile, writing
from shelfguard.images.hashes.index import KIND, HashIndex


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with writing(tmp_path / "arrays", {"kind": "test"}) as file:
        file.add("odd", np.arange(5, dtype=np.uint8))
        file.add("table", np.arange(12, dtype=">u4").reshape(3, 4))
        file.add("none", np.zeros((0, 4), np.uint64))
    return tmp_path / "arrays"


def test_arrays_and_facts_come_back(path: Path) -> None:
    file = ArrayFile.open(path)
    assert file.facts == {"kind": "test"}
    assert file.arrays["odd"].tolist() == [0, 1, 2, 3, 4]
    assert file.arrays["table"].tolist() == np.arange(12).reshape(3, 4).tolist()
    assert file.arrays["none"].shape == (0, 4)


def test_arrays_are_aligned_and_cannot_be_written_to(path: Path) -> None:
    for array in ArrayFile.open(path).arrays.values():
        assert array.ctypes.data % ALIGNMENT == 0
        assert not array.flags.writeable


def interrupted(path: Path) -> None:
    with writing(path, {}) as file:
        file.add("new", np.arange(3))
        raise KeyboardInterrupt


def test_a_writer_that_fails_leaves_what_was_there(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        interrupted(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 something else",
        MAGIC,
        MAGIC + (2).to_bytes(8, "little") + b"{}",
        MAGIC + (1 << 60).to_bytes(8, "little"),
        MAGIC + (4).to_bytes(8, "little") + b"null",
        MAGIC + (15).to_bytes(8, "little") + b'{"format": 999}',
    ],
)
def test_what_is_no_file_of_arrays_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(DataError, match="is no whole file of arrays"):
        ArrayFile.open(tmp_path / "file")


def test_a_file_that_was_cut_short_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="is no whole file of arrays"):
        ArrayFile.open(path)


@pytest.mark.parametrize(
    "facts", [{}, {"kind": "test"}, {"kind": KIND}, {"kind": KIND, "radius": 3}]
)
def test_arrays_of_another_kind_are_no_index(tmp_path: Path, facts: dict[str, object]) -> None:
    with writing(tmp_path / "file", facts) as file:
        file.add("left", np.arange(4))
    with pytest.raises(DataError, match="is no index of hashes"):
        HashIndex.open(tmp_path / "file")
