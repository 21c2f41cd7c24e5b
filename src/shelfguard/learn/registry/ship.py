"""Make a cascade a pack's own: its files, its documents, and their digests in the manifest."""

from __future__ import annotations

from pathlib import Path

from shelfguard.learn.model import ModelRecord
from shelfguard.learn.registry.documents import documents
from shelfguard.learn.registry.folder import checked_record, copy_model
from shelfguard.learn.registry.pin import pin_models
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import MODEL_FILES, Pack


def ship(folder: Path, pack: Pack) -> ModelRecord:
    """Replace a pack's models and calibration by a cascade's, with its card and bill of materials.

    Raises:
        ModelError: it is no cascade, or a file is not the one that its record names.
    """
    record = checked_record(folder)
    models = pack.calibration_file.parent
    models.mkdir(exist_ok=True)
    for name in MODEL_FILES.values():
        (models / name).unlink(missing_ok=True)
    copy_model(folder, record, models)
    for name, text in documents(models, pack.manifest).items():
        (models / name).write_text(text, "utf-8")
    pin_models(load_pack(pack.root))
    return record
