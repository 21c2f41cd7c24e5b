"""Make a cascade a pack's own: its files, its documents, and their digests in the manifest."""

from __future__ import annotations

from pathlib import Path

from shelfguard.engine import Engine
from shelfguard.errors import ModelError
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.registry.documents import documents, write_documents
from shelfguard.learn.registry.folder import checked_record, copy_model
from shelfguard.learn.registry.pin import pin_models
from shelfguard.policy.load import with_models
from shelfguard.policy.pack import MODEL_FILES, Pack
from shelfguard.signals.text import ADDED


def ship(folder: Path, pack: Pack) -> ModelRecord:
    """Replace a pack's models and calibration by a cascade's, with its card and bill of materials.

    Nothing is changed before all of it is known to fit.

    Raises:
        ModelError: it is no cascade of this pack, lacks clauses that the pack's models know, lies
            in the pack already, or a file is not the one that its record names.
    """
    record, models = checked_record(folder), pack.calibration_file.parent
    if folder.resolve() == models.resolve():
        raise ModelError("these are the pack's own models", file=folder)
    fitting = Engine.from_pack(with_models(pack, folder))
    _refuse_loss(pack, fitting, folder)
    made = documents(folder, pack.manifest)
    models.mkdir(exist_ok=True)
    for name in set(MODEL_FILES.values()) - record.files.keys():
        (models / name).unlink(missing_ok=True)
    copy_model(folder, record, models)
    write_documents(models, made)
    pin_models(pack)
    return record


def _refuse_loss(pack: Pack, fitting: Engine, folder: Path) -> None:
    """Clauses that `pack train-clause` added must be known to what replaces them."""
    if not any(model.name == ADDED for model in pack.manifest.models):
        return
    now = Engine.from_pack(pack)
    judged = {*fitting.columns.tolist(), *fitting.added.tolist()}
    lost = [now.clauses[column] for column in now.added.tolist() if column not in judged]
    if lost:
        fix = "Train it on a dataset that has this clause"
        raise ModelError(f"does not judge {lost[0]}, which the pack does", file=folder, fix=fix)
