"""Tiny cascades: a real student trained in a moment, with a calibration, in a model folder."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shelfguard.learn.model import FILE, ModelRecord
from shelfguard.learn.registry.documents import documents
from shelfguard.learn.train.student import Document, train
from shelfguard.models.student import NEAR
from shelfguard.policy.calibration import Calibration, LogOdds, Threshold, Thresholds
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from tests.unit.policy.tinypack import TinyPack, labelled

CLAUSE = "CA-WPN-001"
GUILTY = ["brass knuckles", "metal brass knuckles paperweight", "solid knuckles of brass"]
INNOCENT = ["hdmi cable", "kitchen knife block", "silver ring", "wool socks", "desk lamp"]
METRICS = {
    "written": {"average_precision": [0.91, 0.88, 0.94], "recall": {"share": 0.9, "hits": 9}},
    "real": {"average_precision": {"value": 0.7, "low": 0.62, "high": 0.78}},
    "ms": 0.03,
}

quiet = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")
"""MLflow's own mapping of its tables asks SQLAlchemy for something that is deprecated."""


def make_pack(root: Path) -> Pack:
    """A pack with one clause, 16 violating cases and 10 innocent ones, and no models."""
    tiny = TinyPack(root)
    tiny.edit("pack.yaml", "required: [lexicon]", "required: [text]")
    found = [f"{text} no {n}" for n in range(4) for text in (*GUILTY, "knuckles in brass")]
    tiny.rows(
        "cases/CA-WPN-001.jsonl", *_rows("positive", found), *_rows("hard_negative", INNOCENT)
    )
    tiny.rows("cases/ordinary.jsonl", *_rows("benign", [f"{text} blue" for text in INNOCENT]))
    return load_pack(root)


def make_cascade(folder: Path, *, review: float = 0.5, weight: float = 3.0, **more: Any) -> Path:
    """A cascade of a student alone. `review` is its threshold, `weight` its calibration."""
    folder.mkdir(parents=True)
    documents = [Document([text], frozenset()) for text in GUILTY + INNOCENT]
    targets = np.array([[1, 1]] * len(GUILTY) + [[0, 0]] * len(INNOCENT), np.float32)
    train(documents, targets, [CLAUSE, NEAR]).save(folder / "student.npz")
    solved = Thresholds(
        act=Threshold(threshold=None, goal={}, supported=False),
        review=Threshold(threshold=review, goal={}, supported=True),
    )
    calibration = Calibration(
        models={"student": sha256(folder / "student.npz")},
        stages={"student": LogOdds(student=weight)},
        clauses={CLAUSE: solved},
    )
    (folder / "calibration.json").write_text(calibration.model_dump_json())
    return sign(folder, **more)


def sign(folder: Path, **more: Any) -> Path:
    """Write the record of a folder as it is now, and the documents made from it."""
    names = [f.name for f in folder.iterdir() if f.suffix in (".npz", ".onnx") or "calib" in f.name]
    said = {
        "name": "tiny-cascade",
        "kind": "cascade",
        "clauses": [CLAUSE],
        "pack": "tiny@1.0.0+abc",
        "dataset": "d1a2b3",
        "recipe": {"name": "tiny", "about": "A student alone.", "kind": "cascade"},
        "seed": 1,
        "smoke": False,
        "environment": {"python": "3.11.7", "numpy": "2.3.1", "torch": "2.13.0+cpu"},
        "commit": "0123abc",
        "metrics": METRICS,
        "files": {name: sha256(folder / name) for name in sorted(names)},
        **more,
    }
    record = ModelRecord.model_validate(said)
    (folder / FILE).write_text(record.model_dump_json(indent=1))
    return folder


def documented(folder: Path, pack: Pack) -> Path:
    """The folder with its card and its bill of materials."""
    for name, text in documents(folder, pack.manifest).items():
        (folder / name).write_text(text)
    return folder


def copied(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _rows(kind: str, titles: list[str]) -> list[dict[str, Any]]:
    return [labelled(f"{kind}-{n}", kind, title) for n, title in enumerate(titles)]
