"""The detectors by the name under which a pack asks for them, built when one does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from shelfguard.errors import ModelError
from shelfguard.images.readings import Detector

Files = Mapping[str, Path]
"""Model files of the pack by name."""


def _hash(files: Files) -> Detector:
    from shelfguard.images.hash_detector import HashDetector

    return HashDetector()


def _quality(files: Files) -> Detector:
    from shelfguard.images.quality import QualityDetector

    return QualityDetector()


def _codes(files: Files) -> Detector:
    from shelfguard.images.codes import CodeReader

    return CodeReader()


def _text(files: Files) -> Detector:
    from shelfguard.images.sources import TEXT_DETECTION, TEXT_GATE, TEXT_RECOGNITION, find
    from shelfguard.images.text_lines import TextReader

    return TextReader(find(TEXT_GATE), find(TEXT_DETECTION), find(TEXT_RECOGNITION))


def _framing(files: Files) -> Detector:
    from shelfguard.images.framing import FramingDetector
    from shelfguard.images.sources import U2NETP, find

    return FramingDetector(find(U2NETP))


def _nudity(files: Files) -> Detector:
    from shelfguard.images.sensitive import NudityDetector
    from shelfguard.images.sources import OPEN_NSFW, find

    return NudityDetector(find(OPEN_NSFW))


def _objects(files: Files) -> Detector:
    from shelfguard.images.objects import ObjectDetector

    return ObjectDetector(files["objects"])


def _body_parts(files: Files) -> Detector:
    from shelfguard.images.body_parts import BodyPartDetector

    labels = files["body-part-labels"].read_text("utf-8").split()
    return BodyPartDetector(files["body-parts"], labels)


def _labels(files: Files) -> Detector:
    from shelfguard.images.labels import LabelDetector

    return LabelDetector(files["backbone"], files["image-heads"])


BUILDERS: dict[str, Callable[[Files], Detector]] = {
    "hash": _hash,
    "quality": _quality,
    "codes": _codes,
    "text": _text,
    "framing": _framing,
    "nudity": _nudity,
    "labels": _labels,
    "objects": _objects,
    "body_parts": _body_parts,
}
"""Each under the name of its field in `Readings`, cheapest first."""


def build_detectors(names: Iterable[str], files: Files) -> dict[str, Detector]:
    """The detectors of these names, cheapest first.

    Raises:
        ModelError: a library or a model file is not there, or is not the one that was pinned.
    """
    wanted = set(names)
    try:
        return {name: build(files) for name, build in BUILDERS.items() if name in wanted}
    except ImportError as error:
        fix = "Install what looks at pictures: make vision, or pip install 'shelfguard[vision]'"
        raise ModelError(f"pictures need {error.name}, which is not installed", fix=fix) from error
    except KeyError as error:
        fix = "Name its model file in pack.yaml, or do not ask for it"
        raise ModelError(f"the pack has no model {error} for its detector", fix=fix) from error


def codec(detector: Detector) -> TypeAdapter[Any]:
    """What turns a detector's readings to JSON and back."""
    from typing import get_type_hints

    return TypeAdapter(get_type_hints(type(detector).read)["return"])
