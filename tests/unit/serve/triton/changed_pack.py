"""A pack whose encoder changed, though not what it says."""

from __future__ import annotations

import shutil
from pathlib import Path

from shelfguard.models.source import digest
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from tests.unit.models.tiny_graph import field


def changed_pack(pack: Pack, folder: Path, note: str = "changed") -> Pack:
    """A copy of a pack under `folder`, with one more line of metadata in its encoder."""
    copy = folder / note
    shutil.copytree(pack.root, copy)
    encoder = copy / "models/encoder.onnx"
    before = digest(encoder)
    with encoder.open("ab") as stream:
        stream.write(field(14, field(1, "note") + field(2, note)))
    for name in ("pack.yaml", "models/calibration.json"):
        text = (copy / name).read_text("utf-8")
        (copy / name).write_text(text.replace(before, digest(encoder)), "utf-8")
    return load_pack(copy)
