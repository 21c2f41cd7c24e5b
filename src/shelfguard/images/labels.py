"""Labels of pictures by heads that an operator trained, over one backbone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shelfguard.errors import ModelError
from shelfguard.images.backbone import Backbone
from shelfguard.images.heads import FIX, ImageHeads
from shelfguard.images.network import DIGEST_LETTERS
from shelfguard.images.picture import Picture
from shelfguard.models.source import digest

CODE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Labels:
    """The probability of each label, and the picture of training that this one is most like."""

    probabilities: dict[str, float]
    nearest: str
    cosine: float


class LabelDetector:
    """Says what a picture shows as a whole, and like which example.

    Raises:
        ModelError: a file is no such model, or the heads were trained on another backbone.
    """

    name = "labels"

    def __init__(self, backbone: Path, heads: Path) -> None:
        self._backbone, self._heads = Backbone(backbone), ImageHeads.load(heads)
        if self._heads.backbone != self._backbone.version:
            raise ModelError("was trained on another backbone", file=heads, fix=FIX)
        self.version = f"{CODE_VERSION}+{digest(heads)[:DIGEST_LETTERS]}+{self._backbone.version}"

    def read(self, picture: Picture) -> Labels:
        """Label one picture."""
        vector = self._backbone.unit(picture)
        (nearest,) = self._heads.nearest(vector, 1)
        return Labels(self._heads.read(vector), nearest.name, nearest.cosine)
