"""Real rows that a student finds hard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfguard.errors import ModelError
from shelfguard.learn.data.dataset import Part
from shelfguard.learn.train.augment import Style, rows_to_learn
from shelfguard.learn.train.mining import hardest_rows
from shelfguard.learn.train.parts import limit_catalog
from tests.unit.learn.calibrate.parts import dataset_of, part_of
from tests.unit.learn.rows import CLAUSE, CLAUSES, row
from tests.unit.policy.tinypack import TinyPack

PACK = "ca-marketplace@0.1.0+abc"
WRITTEN = [row("w", "brass knuckles, four finger holes", CLAUSE)]
CATALOG = [
    row("towel", "cotton bath towel, 70 x 140 cm, white"),
    row("knuckles", "brass knuckles paperweight, solid metal"),
    row("cable", "hdmi cable 2 m, gold plated plugs"),
]


@pytest.fixture
def part() -> Part:
    return part_of(WRITTEN, CATALOG, CLAUSES, "train")


def titles(part: Part) -> list[str]:
    return [record["title"]["en"] for record in part.batch.records()]


def test_the_hardest_real_row_is_the_one_most_like_a_violation(part: Part) -> None:
    hardest = hardest_rows(part, PACK, 1)
    assert titles(part.take(hardest)) == [CATALOG[1].title]


def test_hard_rows_are_kept_before_any_others(part: Part) -> None:
    kept = limit_catalog(part, 2, 0, np.array([2], np.int64))
    assert len(kept) == 3
    assert {WRITTEN[0].title, CATALOG[1].title} <= set(titles(kept))
    assert titles(limit_catalog(part, 1, 0, np.array([2, 3], np.int64)))[1:] == [CATALOG[1].title]


def test_a_catalog_that_is_not_there_has_no_hard_rows() -> None:
    assert len(hardest_rows(part_of(WRITTEN, [], CLAUSES, "train"), PACK, 3)) == 0


def test_rows_to_learn_hold_the_mined_ones(part: Part, tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, part, PACK)
    learned = rows_to_learn(dataset, 1, Style(), seed=0, mined=1)
    assert titles(learned) == [WRITTEN[0].title, CATALOG[1].title]


def test_a_pack_without_models_cannot_say_what_is_hard(part: Part, tmp_path: Path) -> None:
    tiny = TinyPack(tmp_path)
    with pytest.raises(ModelError, match="no student to mine with"):
        hardest_rows(part, str(tiny.root), 1)
