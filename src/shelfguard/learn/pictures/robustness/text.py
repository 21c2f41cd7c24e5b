"""Trial of the text reader: lines drawn on pictures, read to the letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from shelfguard.images.detectors import build_detectors
from shelfguard.images.picture import Box
from shelfguard.images.readings import Detector
from shelfguard.images.text_lines import TextLine
from shelfguard.learn.pictures.photos import photos_in
from shelfguard.learn.pictures.robustness.changed import WHOLE, Changed, size_of
from shelfguard.learn.pictures.robustness.materials import Materials
from shelfguard.learn.pictures.robustness.trial import Count, Subject, Trial
from shelfguard.learn.pictures.text_scenes import Scene, Scenes

LINES = 3
"""On each picture; there are half as many pictures as elsewhere, since reading takes long."""

HELD_OUT = 1
"""The half of phrases, fonts and photos that the text gate has not learned from."""

Place = tuple[str, Box]


def trial(materials: Materials) -> Trial:
    """Drawn pictures of the half that is kept to measure on.

    Raises:
        DataError: no font is installed.
        ModelError: a network is not installed.
    """
    detector = build_detectors(("text",), {})["text"]
    scenes = Scenes(HELD_OUT, photos_in(None, HELD_OUT))
    about = {"text": "drawn lines, level or up to 15 degrees off, read to the letter (any case)"}
    return Trial(about, _subjects(detector, scenes, materials.most // 2))


def _subjects(detector: Detector, scenes: Scenes, count: int) -> Iterator[Subject]:
    for seed in range(count):
        scene = scenes.draw(seed, LINES)
        places = list(_level(scene))
        yield Subject(f"scene {seed}", scene.picture, partial(_judge, detector, places))


def _level(scene: Scene) -> Iterator[Place]:
    """The lines that do not run upwards, each with its place in shares."""
    width, height = size_of(scene.picture.pixels)
    for line in scene.lines:
        left, top, right, bottom = line.box
        if right - left > bottom - top:
            yield line.text, Box(left / width, top / height, right / width, bottom / height)


def _judge(detector: Detector, places: Sequence[Place], changed: Changed) -> dict[str, Count]:
    wanted = [(text, box) for text, old in places if (box := changed.box(old, WHOLE))]
    found = detector.read(changed.picture).lines
    return {"text": Count(sum(is_read(*each, found) for each in wanted), len(wanted))}


def is_read(text: str, place: Box, found: Sequence[TextLine]) -> bool:
    """Whether a line is read where it stands, in one piece or in several."""
    pieces = [folded(line.text) for line in found if _is_in_middle(line.box, place)]
    return folded(text) in (*pieces, "".join(pieces))


def folded(text: str) -> str:
    """Without what a reader may get wrong: case and spaces."""
    return "".join(text.casefold().split())


def _is_in_middle(box: Box, place: Box) -> bool:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return place.left <= x <= place.right and place.top <= y <= place.bottom
