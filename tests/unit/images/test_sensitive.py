"""Nudity, as a tiny network and the real one see it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from shelfguard.errors import ModelError
from shelfguard.images.sensitive import NudityDetector
from shelfguard.images.sources import OPEN_NSFW
from tests.unit.images.drawing import as_picture, canvas, scene
from tests.unit.images.graphs import write_red_is_unsafe
from tests.unit.images.real import find_or_skip


def test_colours_reach_the_network_in_its_order(tmp_path: Path) -> None:
    detector = NudityDetector(write_red_is_unsafe(tmp_path / "red.onnx"))
    red, blue = (
        detector.read(as_picture(canvas(colour)[0])).probability for colour in ("red", "blue")
    )
    assert red > 0.99
    assert blue < 0.01


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    detector = NudityDetector(write_red_is_unsafe(tmp_path / "red.onnx"))
    one, other = (json.dumps(asdict(detector.read(as_picture(scene())))) for _ in range(2))
    assert one == other


def test_a_graph_for_other_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="224 x 224 x 3"):
        NudityDetector(write_red_is_unsafe(tmp_path / "red.onnx", side=128))


@pytest.mark.parametrize("colour", ["white", "black", "#1e7832"])
def test_the_real_network_finds_nothing_in_a_drawn_product(colour: str) -> None:
    image, draw = canvas(colour)
    draw.rectangle((120, 100, 280, 320), fill="#3c5aa0")
    detector = NudityDetector(find_or_skip(OPEN_NSFW))
    assert detector.read(as_picture(image)).probability < 0.2
