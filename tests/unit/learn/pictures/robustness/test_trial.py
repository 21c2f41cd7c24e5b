"""Counting over changed pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator

from shelfguard.learn.pictures.robustness.changed import Changed
from shelfguard.learn.pictures.robustness.transforms import TRANSFORMS
from shelfguard.learn.pictures.robustness.trial import NOT_ASKED, Count, Subject, Trial, rows
from tests.unit.images.drawing import as_picture, canvas

WIDTH, HEIGHT = 80, 60


def wide(changed: Changed) -> dict[str, Count]:
    """Found where the picture is no smaller than it was; never asked of a cut one."""
    if changed.is_cut:
        return {"wide": NOT_ASKED}
    return {"wide": Count(int(changed.pixels.shape[1] >= WIDTH))}


def subjects(groups: str) -> Iterator[Subject]:
    picture = as_picture(canvas(width=WIDTH, height=HEIGHT)[0])
    return (Subject(group, picture, wide) for group in groups)


def test_every_transform_has_a_share_of_what_it_leaves_to_find() -> None:
    (row,) = rows(Trial({"wide": "pictures as wide as before"}, subjects("aab")))
    assert (row.pictures, row.groups, row.things) == (3, 2, 3)
    assert list(row.shares) == [each.name for each in TRANSFORMS]
    assert row.shares["unchanged"] == (1, 1, 1)
    assert row.shares["half size"] == (0, 0, 0)
    assert math.isnan(row.shares["crop"].value)


def test_intervals_are_over_sources() -> None:
    def judge(number: int) -> Subject:
        picture = as_picture(canvas(width=WIDTH, height=HEIGHT)[0])
        return Subject("ab"[number % 2], picture, lambda _: {"even": Count(number % 2)})

    (row,) = rows(Trial({"even": "every other"}, map(judge, range(20))))
    assert row.shares["unchanged"] == (0.5, 0, 1)


def test_things_are_counted_and_not_pictures() -> None:
    picture = as_picture(canvas(width=WIDTH, height=HEIGHT)[0])
    pair = [
        Subject("a", picture, lambda _: {"all": Count(1, 1)}),
        Subject("b", picture, lambda _: {"all": Count(0, 3)}),
    ]
    (row,) = rows(Trial({"all": "things"}, pair))
    assert row.shares["JPEG"].value == 0.25


def test_rows_come_in_the_order_of_the_trial_and_empty_ones_are_left_out() -> None:
    picture = as_picture(canvas(width=WIDTH, height=HEIGHT)[0])
    both = Subject("a", picture, lambda _: {"second": Count(1), "first": Count(1)})
    about = {"first": "", "none": "", "second": ""}
    assert [row.name for row in rows(Trial(about, [both]))] == ["first", "second"]
