"""What each cell of the detector is asked for."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from shelfguard.learn.pictures.detector_loss import Truth, assign, detector_loss, overlaps
from shelfguard.learn.pictures.detector_network import Cells, cell_centres

SIDE = 64


def cells(*strides: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Centres and strides of all cells of a square."""
    centres = [cell_centres(SIDE // stride, stride) for stride in strides]
    sizes = [torch.full((len(each),), float(s)) for each, s in zip(centres, strides, strict=True)]
    return torch.cat(centres), torch.cat(sizes)


def truth(*boxes: tuple[float, float, float, float]) -> Truth:
    return Truth(torch.tensor(boxes).reshape(-1, 4), torch.zeros(len(boxes), dtype=torch.long))


def test_cells_near_the_middle_of_an_object_tell_of_it() -> None:
    centres, strides = cells(8)
    told = assign(centres, strides, truth((16, 16, 48, 48)))
    near = (centres - 32).abs().max(1).values <= 12
    assert ((told == 0) == near).all()


def test_of_two_objects_in_one_place_the_smaller_is_told() -> None:
    centres, strides = cells(8)
    told = assign(centres, strides, truth((0, 0, 64, 64), (24, 24, 40, 40)))
    inside = (centres - 32).abs().max(1).values < 8
    assert (told[inside] == 1).all()


def test_a_large_object_is_left_to_large_cells() -> None:
    centres, strides = cells(8, 32)
    told = assign(centres, strides, truth((0, 0, 200, 60)))
    assert not (told[strides == 8] >= 0).any()


def test_a_picture_without_objects_asks_for_nothing() -> None:
    assert (assign(*cells(8, 16), truth()) == -1).all()


def test_equal_boxes_share_all_and_far_ones_less_than_nothing() -> None:
    here, there = torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([[90.0, 0, 100, 10]])
    assert overlaps(here, here)[0].item() == pytest.approx(1)
    assert overlaps(here, there)[0].item() == pytest.approx(-0.8)


def said(logit: float, box: tuple[float, float, float, float]) -> Cells:
    """All cells say the same."""
    centres, strides = cells(8)
    boxes = torch.tensor(box).expand(1, len(centres), 4)
    told = assign(centres, strides, truth((16, 16, 48, 48))) >= 0
    logits = torch.where(told, logit, -20.0)[None, :, None]
    return Cells(logits, boxes, centres, strides)


def test_the_loss_is_lower_the_better_the_box_and_the_surer_the_label() -> None:
    wanted = [truth((16, 16, 48, 48))]
    right = detector_loss(said(20, (16, 16, 48, 48)), wanted)
    shifted = detector_loss(said(20, (24, 16, 56, 48)), wanted)
    unsure = detector_loss(said(0, (16, 16, 48, 48)), wanted)
    assert right < 0.01 < unsure
    assert right < shifted


def test_a_batch_without_any_object_has_a_loss() -> None:
    assert detector_loss(said(20, (0, 0, 9, 9)), [truth()]) > 0
