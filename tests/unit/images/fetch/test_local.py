from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.fetch.local import read_local
from shelfguard.images.outcome import PictureError, Reason

PICTURE = b"a picture"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "feed"
    (folder / "images").mkdir(parents=True)
    (folder / "images/a b.jpg").write_bytes(PICTURE)
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    return folder


def reason(uri: str, *roots: Path, max_bytes: int = 100) -> Reason:
    with pytest.raises(PictureError) as caught:
        read_local(uri, roots, max_bytes)
    return caught.value.failure.reason


def test_a_path_is_relative_to_the_feeds_folder(root: Path) -> None:
    fetched = read_local("images/a b.jpg", [root], 100)
    assert fetched.data == PICTURE
    assert fetched.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert fetched.location == str(root / "images/a b.jpg")


def test_a_file_url_is_read_like_a_path(root: Path) -> None:
    for uri in (
        f"{root.as_uri()}/images/a%20b.jpg",
        "file:images/a%20b.jpg",
        "FILE:images/a b.jpg",
    ):
        assert read_local(uri, [root], 100).data == PICTURE


def test_the_first_root_that_has_the_file_gives_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert read_local("images/a b.jpg", [tmp_path / "empty", root], 100).data == PICTURE


@pytest.mark.parametrize(
    "uri",
    [
        "../secret.jpg",
        "images/../../secret.jpg",
        "/etc/hostname",
        "file:///etc/hostname",
        "file:../secret.jpg",
        "file:%2e%2e/secret.jpg",
        "//etc/hostname",
    ],
)
def test_nothing_outside_the_roots_is_read(root: Path, uri: str) -> None:
    assert reason(uri, root) == Reason.OUTSIDE_ROOT


def test_without_a_root_nothing_is_read(root: Path) -> None:
    assert reason(str(root / "images/a b.jpg")) == Reason.OUTSIDE_ROOT


def test_a_link_may_not_leave_the_root(root: Path, tmp_path: Path) -> None:
    (root / "file.jpg").symlink_to(tmp_path / "secret.jpg")
    (root / "folder").symlink_to(tmp_path)
    assert reason("file.jpg", root) == Reason.OUTSIDE_ROOT
    assert reason("folder/secret.jpg", root) == Reason.OUTSIDE_ROOT


def test_a_link_may_lead_elsewhere_in_the_root(root: Path) -> None:
    (root / "link.jpg").symlink_to(root / "images/a b.jpg")
    assert read_local("link.jpg", [root], 100).data == PICTURE


def test_only_regular_files_are_read(root: Path) -> None:
    os.mkfifo(root / "pipe.jpg")
    assert reason("pipe.jpg", root) == Reason.NOT_A_FILE
    assert reason("images", root) == Reason.NOT_A_FILE
    assert reason("", root) == Reason.NOT_A_FILE
    assert reason("/dev/zero", Path("/")) == Reason.NOT_A_FILE


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux")
def test_a_file_that_cannot_be_read_says_so() -> None:
    assert reason("/proc/self/mem", Path("/")) == Reason.UNREADABLE


def test_a_file_has_a_largest_size(root: Path) -> None:
    assert read_local("images/a b.jpg", [root], len(PICTURE)).data == PICTURE
    assert reason("images/a b.jpg", root, max_bytes=len(PICTURE) - 1) == Reason.TOO_LARGE


def test_what_is_not_there_is_not_found(root: Path) -> None:
    assert reason("images/none.jpg", root) == Reason.NOT_FOUND


def test_a_file_url_names_no_other_host(root: Path) -> None:
    assert reason("file://fileserver/images/1.jpg", root) == Reason.INVALID_URI


def test_links_in_a_circle_and_endless_names_are_refused(root: Path) -> None:
    (root / "circle").symlink_to(root / "circle")
    assert reason("circle", root) in (Reason.INVALID_URI, Reason.NOT_FOUND)
    assert reason("a" * 5000, root) == Reason.INVALID_URI
    assert reason("a\0b", root) == Reason.INVALID_URI


@settings(deadline=None)
@given(st.text())
def test_no_reference_reads_outside_or_gives_another_error(uri: str) -> None:
    with pytest.raises(PictureError):
        read_local(uri, [Path(__file__).parent / "no-such-folder"], 100)
