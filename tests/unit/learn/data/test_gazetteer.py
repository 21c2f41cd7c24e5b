"""Names of controlled substances from public lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shelfguard.errors import DataError
from shelfguard.learn.data.gazetteer import controlled_substances, unmistakable

SCHEDULED = """\
substance,number,schedule,narcotic,synonym
Fentanyl,9801,II,Y,Duragesic
"2-(4-Isopropylthio)-2,5-dimethoxyphenyl) ethanamine(2C-T-4 )",7532,I,N,2C-T-4
"""
DESCRIBED = {
    "2c-t-7": {"aliases": ["blue mystic", "k"], "categories": ["psychedelic"]},
    "caffeine": {"aliases": ["coffee"], "categories": ["stimulant", "common"]},
    "etizolam": {"categories": ["benzodiazepine", "common"]},
}


@pytest.fixture
def lists(tmp_path: Path) -> tuple[Path, Path]:
    scheduled, described = tmp_path / "scheduled.csv", tmp_path / "described.json"
    scheduled.write_text(SCHEDULED, "utf-8")
    described.write_text(json.dumps(DESCRIBED), "utf-8")
    return scheduled, described


def test_names_are_folded_and_telling(lists: tuple[Path, Path]) -> None:
    names = controlled_substances(*lists)
    assert {"fentanyl", "duragesic", "2c t 4", "2c t 7", "blue mystic"} <= names
    assert names.isdisjoint({"caffeine", "coffee", "k"})


def test_names_with_an_innocent_use_are_left_out() -> None:
    innocent = [["led", "blue", "mystic", "lamp"], ["camera", "am2201", "case"]]
    names = {"blue mystic", "am 2201", "am2201", "duragesic"}
    assert unmistakable(names, innocent) == ["duragesic"]


def test_another_file_is_refused(lists: tuple[Path, Path]) -> None:
    scheduled, described = lists
    other = scheduled.with_name("other.csv")
    other.write_text("name\nfentanyl\n", "utf-8")
    for broken in (scheduled.with_name("none.csv"), other):
        with pytest.raises(DataError, match="no such list"):
            controlled_substances(broken, described)
