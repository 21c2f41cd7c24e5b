import os
from pathlib import Path

import pytest

from shelfguard.durable import replacing, write_json
from shelfguard.errors import FeedError, RunError
from shelfguard.run.folder import Folder
from shelfguard.run.identity import differences, feed_identity

SAME = {"pack": "abc", "models": {"student": "123"}, "options": {"market": None}}


def unfinished(out: Path) -> Folder:
    folder = Folder(out)
    folder.open(SAME, resume=False, overwrite=False)
    return folder


def finished(out: Path) -> Folder:
    folder = unfinished(out)
    write_json(folder / "run.json", {})
    folder.close()
    return folder


def test_a_new_folder_takes_a_run_with_or_without_resume(tmp_path: Path) -> None:
    Folder(tmp_path / "a").open(SAME, resume=False, overwrite=False)
    Folder(tmp_path / "b").open(SAME, resume=True, overwrite=False)


def test_an_unfinished_run_is_not_mixed_with_another(tmp_path: Path) -> None:
    folder = unfinished(tmp_path)
    with pytest.raises(RunError, match=r"unfinished run.*--resume"):
        folder.open(SAME, resume=False, overwrite=False)


def test_a_resumed_run_keeps_its_first_start(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    started = folder.open(SAME, resume=False, overwrite=False)
    assert folder.open(SAME, resume=True, overwrite=False) == started


def test_resume_names_all_that_differs(tmp_path: Path) -> None:
    folder = unfinished(tmp_path)
    other = {**SAME, "pack": "xyz", "models": {"student": "456"}}
    with pytest.raises(RunError) as error:
        folder.open(other, resume=True, overwrite=False)
    assert 'pack was "abc" and is "xyz"' in str(error.value)
    assert 'models.student was "123" and is "456"' in str(error.value)
    assert "market" not in str(error.value)


@pytest.mark.parametrize("resume", [False, True])
def test_a_finished_run_is_kept_unless_overwritten(tmp_path: Path, resume: bool) -> None:
    folder = finished(tmp_path)
    with pytest.raises(RunError, match=r"finished run.*--overwrite"):
        folder.open(SAME, resume=resume, overwrite=False)
    folder.open(SAME, resume=False, overwrite=True)
    assert not (folder / "run.json").exists()


@pytest.mark.parametrize("name", ["notes.txt", "parts/notes.txt"])
def test_overwrite_leaves_files_that_no_scan_wrote(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    finished(tmp_path).open(SAME, resume=False, overwrite=True)
    assert (tmp_path / name).read_text() == "mine"


def test_an_error_before_the_first_chunk_leaves_no_unfinished_run(tmp_path: Path) -> None:
    folder = unfinished(tmp_path)
    with pytest.raises(RunError), folder.forgotten_if_nothing_is_done():
        raise RunError("a worker died")
    assert not folder.unfinished


def test_two_scans_cannot_write_one_folder(tmp_path: Path) -> None:
    with (
        Folder(tmp_path / "out").locked(),
        pytest.raises(RunError, match="another scan"),
        Folder(tmp_path / "out").locked(),
    ):
        pass


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(RunError, match="Choose another --out"), Folder(tmp_path / "out").locked():
        pass


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "run.json"
    target.write_text("old")
    with pytest.raises(LookupError), replacing(target) as temporary:
        _write_half(temporary)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def _write_half(path: Path) -> None:
    path.write_text("half")
    raise LookupError


def test_another_feed_under_the_same_name_is_noticed(tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title\n1,Chair\n")
    before = feed_identity(feed)
    assert differences(before, feed_identity(feed)) == []
    feed.write_text("id,title\n1,Stool\n")
    os.utime(feed, ns=(before["mtime_ns"], before["mtime_ns"]))
    assert [found.split()[0] for found in differences(before, feed_identity(feed))] == ["head"]


def test_a_feed_that_is_not_there_is_a_feed_error(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"none\.csv: no such file"):
        feed_identity(tmp_path / "none.csv")
