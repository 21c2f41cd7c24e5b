"""Pin a pack's model files in its manifest."""

from __future__ import annotations

import re

from shelfguard.models.source import digest
from shelfguard.policy.pack import MODEL_FILES, Pack

__all__ = ["digest", "pin_models"]

MODELS = re.compile(r"^models:.*\n?(?:(?:[ -].*|[ \t]*|#.*)\n)*(?:[ -].*)?", re.MULTILINE)
"""The key `models` of a manifest with its list, in block or flow style, and comments in it."""


def pin_models(pack: Pack) -> None:
    """Write name, source and digest of each model file that there is into `pack.yaml`.

    The list replaces the one before it and comes last; the rest stays as written.
    """
    manifest = pack.root / "pack.yaml"
    text = MODELS.sub("", manifest.read_text("utf-8")).rstrip("\n")
    lines = [
        f"  - {{name: {name}, source: 'file:models/{file}', sha256: {digest(path)}}}"
        for name, file in MODEL_FILES.items()
        if (path := pack.root / "models" / file).is_file()
    ]
    models = ["models:", *lines] if lines else []
    manifest.write_text("\n".join([text, *models, ""]), "utf-8")
