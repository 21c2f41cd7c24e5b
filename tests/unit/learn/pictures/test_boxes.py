"""Reading pictures that were marked with boxes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.images.picture import Box
from shelfguard.learn.data.dataset import Split
from shelfguard.learn.pictures.boxes import MarkedPictures, read_boxes, split
from tests.unit.learn.pictures.folders import marked_folder

SHARED = Path(__file__).parents[5] / "shared" / "data" / "img_weapons"


def folder(root: Path, labels: str | None, classes: str = "knife\npistol\n") -> Path:
    """One sound picture, and another with these labels."""
    for name, text in (("sound", "0 0.5 0.5 0.2 0.2\n"), ("other", labels)):
        (root / "images").mkdir(exist_ok=True)
        (root / "labels").mkdir(exist_ok=True)
        (root / "images" / f"{name}.jpg").write_bytes(b"picture")
        if text is not None:
            (root / "labels" / f"{name}.txt").write_text(text)
    (root / "classes.txt").write_text(classes)
    return root


def other(read: MarkedPictures) -> tuple[str, Box]:
    (found,) = [each for each in read.pictures if each.file.stem == "other"]
    return found.objects[0].label, found.objects[0].box


def test_a_box_is_read_from_its_middle_and_size(tmp_path: Path) -> None:
    read = read_boxes(folder(tmp_path, "1 0.5 0.25 0.5 0.5\n"))
    assert other(read) == ("pistol", Box(0.25, 0, 0.75, 0.5))


def test_an_outline_becomes_the_box_around_it(tmp_path: Path) -> None:
    read = read_boxes(folder(tmp_path, "0 0.1 0.2 0.9 0.3 0.5 0.8\n"))
    assert other(read) == ("knife", Box(0.1, 0.2, 0.9, 0.8))


def test_a_box_that_rounding_moved_out_is_cut_at_the_edge(tmp_path: Path) -> None:
    assert other(read_boxes(folder(tmp_path, "0 0.5 0.5 1.01 1\n")))[1] == Box(0, 0, 1, 1)


def test_names_may_stand_in_data_yaml(tmp_path: Path) -> None:
    root = folder(tmp_path, "1 0.5 0.5 0.5 0.5\n")
    (root / "classes.txt").unlink()
    (root / "data.yaml").write_text("names:\n  0: blade\n  1: gun\n")
    assert read_boxes(root).labels == ("blade", "gun")


def test_without_names_a_class_is_its_number(tmp_path: Path) -> None:
    root = folder(tmp_path, "11 0.5 0.5 0.5 0.5\n2 0.5 0.5 0.5 0.5\n")
    (root / "classes.txt").unlink()
    assert read_boxes(root).labels == ("0", "2", "11")


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        (None, "other.txt: there is no such label file"),
        ("", "other.txt: marks no object"),
        ("0 0.5 0.5 0.2 0.2\n7 0.5 0.5 0.2 0.2\n", "other.txt:2: field 'class': '7' is no class"),
        ("knife 0.5 0.5 0.2 0.2\n", "other.txt:1: field 'class': 'knife' is no class"),
        ("0 0.9 0.5 0.5 0.2\n", "other.txt:1: field 'box': outside the picture"),
        ("0 50 50 20 20\n", "other.txt:1: field 'box': outside the picture"),
        ("0 0.5 0.5 0 0.2\n", "other.txt:1: field 'box': has no area"),
        ("0 0.5 0.5 0.2\n", "other.txt:1: field 'box': 3 numbers"),
        ("0 0.5 half 0.2 0.2\n", "other.txt:1: field 'box': not numbers"),
        ("0 nan 0.5 0.2 0.2\n", "other.txt:1: field 'box': not finite"),
    ],
)
def test_a_faulty_label_file_is_named_and_its_picture_left_out(
    tmp_path: Path, labels: str | None, problem: str
) -> None:
    read = read_boxes(folder(tmp_path, labels))
    assert [each.file.stem for each in read.pictures] == ["sound"]
    (found,) = read.problems
    assert problem in str(found)


def test_a_folder_without_labelled_pictures_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no labelled pictures here.*images/"):
        read_boxes(tmp_path)


def test_a_folder_in_which_everything_is_wrong_tells_the_first_problem(tmp_path: Path) -> None:
    root = folder(tmp_path, "0 0.5 0.5 0 0\n")
    (root / "labels" / "sound.txt").write_text("9 0.5 0.5 0.2 0.2\n")
    with pytest.raises(DataError, match=r"other.txt:1: field 'box': has no area"):
        read_boxes(root)


def test_names_that_are_none_are_refused(tmp_path: Path) -> None:
    root = folder(tmp_path, "0 0.5 0.5 0.5 0.5\n")
    (root / "classes.txt").unlink()
    (root / "data.yaml").write_text("names: 3\n")
    with pytest.raises(DataError, match="field 'names': no names of classes"):
        read_boxes(root)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_label_file_gives_sound_boxes_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    root = tmp_path_factory.getbasetemp() / "any"
    root.mkdir(exist_ok=True)
    read = read_boxes(folder(root, text))
    assert len(read.pictures) == 2 or read.problems
    for picture in read.pictures:
        for each in picture.objects:
            assert 0 <= each.box.left < each.box.right <= 1
            assert 0 <= each.box.top < each.box.bottom <= 1


def test_the_parts_hold_every_picture_once(tmp_path: Path) -> None:
    read = read_boxes(marked_folder(tmp_path))
    parts = [split(read.pictures, part) for part in Split]
    assert sorted(e.file for part in parts for e in part) == sorted(e.file for e in read.pictures)
    groups = [{each.group for each in part} for part in parts]
    assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]


def test_the_digest_follows_boxes_and_not_the_place(tmp_path: Path) -> None:
    one, same = (read_boxes(marked_folder(tmp_path / name)) for name in ("a", "b"))
    assert one.id == same.id
    label = tmp_path / "b" / "labels" / "apple 0disc.txt"
    label.write_text("0 0.5 0.5 0.1 0.1\n")
    assert read_boxes(tmp_path / "b").id != one.id


def test_the_shared_weapons_are_read() -> None:
    if not SHARED.is_dir():
        pytest.skip("needs img_weapons in ../shared/data")
    read = read_boxes(SHARED)
    assert read.labels == ("0", "1", "2")
    assert len(read) == 364
    # Label files without a line: all of these pictures show a weapon after all.
    assert len(read.problems) == 28
