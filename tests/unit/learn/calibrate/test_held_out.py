"""The rows that a calibration rests on."""

from __future__ import annotations

import numpy as np

from shelfguard.learn.calibrate.held_out import HeldOut
from shelfguard.listing import LISTING_SCHEMA, Batch
from tests.unit.learn.calibrate.parts import part_of
from tests.unit.learn.rows import CLAUSE, look_alike, row

ROWS = [row("w.a", "brass knuckles", CLAUSE), look_alike("w.b", "pendant"), row("o", "towel")]


def test_rows_and_a_dataset_of_them_are_the_same_to_calibrate_on() -> None:
    rows = HeldOut.of_rows(ROWS, [CLAUSE], Batch(LISTING_SCHEMA.empty_table()))
    part = HeldOut.of_part(part_of(ROWS, [row("c", "lamp")], [CLAUSE], "calibration"))
    assert (rows.targets == part.targets).all()
    for name, kind in rows.kinds.items():
        assert (part.kinds[name] == kind).all(), name
    assert (len(rows.catalog), len(part.catalog)) == (0, 1)


def test_twins_are_one_group() -> None:
    rows = HeldOut.of_rows(ROWS, [CLAUSE], Batch(LISTING_SCHEMA.empty_table()))
    assert rows.groups[0] == rows.groups[1] != rows.groups[2]


def test_a_row_of_which_not_all_is_known_is_not_innocent() -> None:
    part = part_of(ROWS, [], [CLAUSE, "CA-HLT-002"], "calibration")
    part.targets[1:, 1] = np.nan
    kinds = HeldOut.of_part(part).kinds
    assert kinds["violating"].tolist() == [True, False, False]
    assert not kinds["look_alike"].any()
    assert not kinds["ordinary"].any()


def test_a_clause_that_no_row_is_about_is_unknown() -> None:
    rows = HeldOut.of_part(part_of(ROWS, [], [CLAUSE], "calibration"))
    truth = rows.truth(["CA-HLT-002", CLAUSE])
    assert np.isnan(truth[:, 0]).all()
    assert truth[:, 1].tolist() == [1, 0, 0]
