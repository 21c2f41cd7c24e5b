"""Labels of a picture as a whole, from its vector: learned from a few examples of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from shelfguard.errors import ModelError

Floats = npt.NDArray[np.float32]

FIX = "Train it again: shelfguard model train --recipe recipes/image-head.yaml"


@dataclass(frozen=True, slots=True)
class Example:
    """A picture that was learned from, and how near it is: the cosine, from -1 to 1."""

    name: str
    labels: tuple[str, ...]
    cosine: float


@dataclass(frozen=True, slots=True)
class ImageHeads:
    """One calibrated linear head a label, over vectors of length 1 of one backbone.

    `weights` [labels, width] and `bias` [labels] give log-odds. `examples` [pictures, width] are
    vectors of the pictures learned from, `names` [pictures] their files, and `shown`
    [pictures, labels] what they show. `backbone` is the version of what made the vectors.
    """

    backbone: str
    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    names: tuple[str, ...]
    examples: Floats
    shown: npt.NDArray[np.bool_]

    @classmethod
    def load(cls, path: Path) -> ImageHeads:
        """The heads that `save` wrote.

        Raises:
            ModelError: the file holds something else.
        """
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                heads = cls(
                    backbone=str(file["backbone"]),
                    labels=tuple(file["labels"].tolist()),
                    weights=file["weights"].astype(np.float32),
                    bias=file["bias"].astype(np.float32),
                    names=tuple(file["names"].tolist()),
                    examples=file["examples"].astype(np.float32),
                    shown=file["shown"].astype(np.bool_),
                )
        except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile) as error:
            raise ModelError(f"no image heads ({error})", file=path, fix=FIX) from error
        if not heads._fits():
            raise ModelError("its parts do not fit each other", file=path, fix=FIX)
        return heads

    def save(self, path: Path) -> None:
        """Write them, examples in half precision."""
        np.savez(
            path,
            backbone=np.array(self.backbone),
            labels=np.array(self.labels, np.str_),
            weights=self.weights,
            bias=self.bias,
            names=np.array(self.names, np.str_),
            examples=self.examples.astype(np.float16),
            shown=self.shown,
        )

    def read(self, vector: Floats) -> dict[str, float]:
        """The probability of each label.

        Raises:
            ModelError: the vector [width] is of another backbone.
        """
        odds = self.weights @ self._checked(vector) + self.bias
        return self._by_label(1 / (1 + np.exp(-odds)))

    def prototypes(self, vector: Floats) -> dict[str, float]:
        """The cosine between a vector and the mean of each label's examples (Snell et al., 2017).

        Raises:
            ModelError: the vector [width] is of another backbone.
        """
        means = self.shown.T.astype(np.float32) @ self.examples
        lengths = np.linalg.norm(means, axis=1)
        cosines = means @ self._checked(vector) / np.where(lengths > 0, lengths, 1)
        return self._by_label(cosines)

    def nearest(self, vector: Floats, count: int) -> tuple[Example, ...]:
        """The examples most like a picture, nearest first.

        Raises:
            ModelError: the vector [width] is of another backbone.
        """
        cosines = self.examples @ self._checked(vector)
        order = np.argsort(-cosines, kind="stable")[:count].tolist()
        return tuple(
            Example(self.names[place], self._labels_of(place), round(float(cosines[place]), 5))
            for place in order
        )

    def _labels_of(self, place: int) -> tuple[str, ...]:
        pairs = zip(self.labels, self.shown[place], strict=True)
        return tuple(label for label, shows in pairs if shows)

    def _by_label(self, values: npt.NDArray[np.floating]) -> dict[str, float]:
        return dict(zip(self.labels, np.round(values.astype(float), 5).tolist(), strict=True))

    def _checked(self, vector: Floats) -> Floats:
        if vector.shape != self.weights.shape[1:]:
            problem = f"the vector has {vector.size} numbers, the heads {self.weights.shape[1]}"
            fix = "Read pictures with the backbone that the heads were trained on"
            raise ModelError(problem, fix=fix)
        return vector

    def _fits(self) -> bool:
        labels, pictures = len(self.labels), len(self.names)
        width = self.weights.shape[-1]
        return (
            self.weights.shape == (labels, width)
            and self.bias.shape == (labels,)
            and self.examples.shape == (pictures, width)
            and self.shown.shape == (pictures, labels)
        )
