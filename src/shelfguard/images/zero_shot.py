"""How well texts describe a picture, by a pair of networks that the operator brings (CLIP, SigLIP).

No such weights come with Shelfguard: without them there is no such detector.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from shelfguard.errors import ModelError
from shelfguard.images.backbone import DECIMALS, Backbone, unit_length
from shelfguard.images.network import DIGEST_LETTERS
from shelfguard.images.picture import Picture
from shelfguard.images.preparation import Fit, Preparation

Floats = npt.NDArray[np.float32]

CODE_VERSION = 1

CLIP = Preparation(
    224, (122.77094, 116.74601, 104.09374), (68.50051, 66.63215, 70.32316), Fit.CENTRED
)
"""Radford et al. (2021)."""

SIGLIP = Preparation(224, (127.5,) * 3, (127.5,) * 3)
"""Zhai et al. (2023)."""


@dataclass(frozen=True, slots=True)
class TextVectors:
    """Texts, and a vector [texts, width] of length 1 for each."""

    texts: tuple[str, ...]
    vectors: Floats

    @property
    def digest(self) -> str:
        """Tells these texts and vectors from others."""
        named = "\0".join(self.texts).encode() + self.vectors.tobytes()
        return hashlib.sha256(named).hexdigest()[:DIGEST_LETTERS]

    def save(self, path: Path) -> None:
        """Write them for `read_text_vectors`, so that scans need no text network."""
        np.savez(path, texts=np.array(self.texts, np.str_), vectors=self.vectors)


@dataclass(frozen=True, slots=True)
class Similarities:
    """Text to cosine, from -1 to 1. Ranks texts; no probability."""

    cosines: Mapping[str, float]


class ZeroShotDetector:
    """Compares a picture with texts.

    Raises:
        ModelError: the vectors have another width than the picture's, as seen on the first one.
    """

    name = "zero-shot"

    def __init__(self, pictures: Backbone, texts: TextVectors) -> None:
        self._pictures, self._texts = pictures, texts
        self.version = f"{CODE_VERSION}+{pictures.version}+{texts.digest}"

    def read(self, picture: Picture) -> Similarities:
        """Compare one picture."""
        vector = self._pictures.unit(picture)
        width = self._texts.vectors.shape[1]
        if vector.size != width:
            problem = f"pictures have {vector.size} numbers, texts {width}"
            raise ModelError(problem, fix="Name two networks that were trained together")
        cosines = np.round((self._texts.vectors @ vector).astype(float), DECIMALS).tolist()
        return Similarities(dict(zip(self._texts.texts, cosines, strict=True)))


def read_text_vectors(path: Path) -> TextVectors:
    """Texts and vectors as `TextVectors.save` wrote them.

    Raises:
        ModelError: the file holds something else.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            texts, vectors = file["texts"].tolist(), file["vectors"].astype(np.float32)
            return TextVectors(tuple(texts), unit_length(vectors.reshape(len(texts), -1)))
    except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile) as error:
        fix = "Write it with TextVectors.save"
        raise ModelError(f"no text vectors ({error})", file=path, fix=fix) from error
