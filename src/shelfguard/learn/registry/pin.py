"""Pin a pack's model files in its manifest."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from shelfguard.policy.pack import Pack

MODELS = re.compile(r"^models:.*\n?(?:(?:[ -].*|[ \t]*|#.*)\n)*(?:[ -].*)?", re.MULTILINE)
"""The key `models` of a manifest with its list, in block or flow style, and comments in it."""

NAMES = {
    "student": "student.npz",
    "screener": "screener.onnx",
    "encoder": "encoder.onnx",
    "pieces": "pieces.model",
    "vectors": "vectors.npy",
}
"""The model files that a text pack may have, by the name under which the engine asks."""


def pin_models(pack: Pack) -> None:
    """Write name, source and digest of each model file that there is into `pack.yaml`.

    The list replaces the one before it and comes last; the rest stays as written.
    """
    manifest = pack.root / "pack.yaml"
    text = MODELS.sub("", manifest.read_text("utf-8")).rstrip("\n")
    lines = [
        f"  - {{name: {name}, source: 'file:models/{file}', sha256: {digest(path)}}}"
        for name, file in NAMES.items()
        if (path := pack.root / "models" / file).is_file()
    ]
    models = ["models:", *lines] if lines else []
    manifest.write_text("\n".join([text, *models, ""]), "utf-8")


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
