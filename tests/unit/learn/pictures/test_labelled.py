"""Reading pictures with labels of the whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.pictures.labelled import LabelledPictures, read_labelled
from tests.unit.learn.pictures.folders import labelled_folder


def shown(read: LabelledPictures) -> dict[str, list[str]]:
    return {each.file.name: sorted(each.labels) for each in read.pictures}


def table(folder: Path, name: str, text: str) -> Path:
    (folder / "a.jpg").write_bytes(b"a")
    (folder / "b.jpg").write_bytes(b"b")
    (folder / name).write_text(text)
    return folder / name


def test_each_folder_is_a_label_and_none_is_no_label(tmp_path: Path) -> None:
    read = read_labelled(labelled_folder(tmp_path))
    assert read.labels == ("bar", "disc")
    assert len(read) == 30
    assert sum(not each.labels for each in read.pictures) == 10


def test_a_picture_of_several_rows_has_several_labels(tmp_path: Path) -> None:
    text = "picture,label\na.jpg,gun\na.jpg,knife\nb.jpg,\n"
    assert shown(read_labelled(table(tmp_path, "all.csv", text))) == {
        "a.jpg": ["gun", "knife"],
        "b.jpg": [],
    }


def test_json_lines_say_the_same_as_csv(tmp_path: Path) -> None:
    rows = [{"picture": "a.jpg", "label": "gun"}, {"picture": "b.jpg", "label": None}]
    lines = table(tmp_path, "all.jsonl", "\n".join(map(json.dumps, rows)))
    comma = table(tmp_path, "all.csv", "picture,label\na.jpg,gun\nb.jpg,none\n")
    assert read_labelled(lines).id == read_labelled(comma).id


@pytest.mark.parametrize(
    ("name", "row", "problem"),
    [
        ("all.csv", "c.jpg,gun", "all.csv:3: field 'picture': there is no file c.jpg"),
        ("all.csv", ",gun", "all.csv:3: field 'picture': is missing"),
        ("all.jsonl", '{"picture": "b.jpg", "label": 3}', "all.jsonl:2: field 'label': is no text"),
        ("all.jsonl", '{"label": "gun"}', "all.jsonl:2: field 'picture': is missing"),
        ("all.jsonl", "[]", "all.jsonl:2: no JSON object"),
        ("all.jsonl", "{", "all.jsonl:2: not JSON"),
    ],
)
def test_a_faulty_row_is_named_and_left_out(
    tmp_path: Path, name: str, row: str, problem: str
) -> None:
    sound = "picture,label\na.jpg,gun" if name == "all.csv" else '{"picture":"a.jpg","label":"gun"}'
    read = read_labelled(table(tmp_path, name, f"{sound}\n{row}\n"))
    assert shown(read) == {"a.jpg": ["gun"]}
    (found,) = read.problems
    assert problem in str(found)


def test_a_place_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_labelled(tmp_path / "none")


def test_nothing_labelled_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no labelled pictures here"):
        read_labelled(tmp_path)


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["any.csv", "any.jsonl"]))
def test_any_table_is_read_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, text: str, name: str
) -> None:
    place = table(tmp_path_factory.getbasetemp(), name, text)
    with pytest.raises(DataError):
        read_labelled(place)
