"""A Triton model repository of a pack's transformers, in both forms that servers can run.

OUT/python/shelfguard-encoder/config.pbtxt       run by the Python backend
OUT/python/shelfguard-encoder/1/model.py
OUT/python/shelfguard-encoder/1/model.onnx
OUT/onnxruntime/shelfguard-encoder/...           the same for the ONNX Runtime backend
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from shelfguard.durable import replacing, sync
from shelfguard.errors import PackError
from shelfguard.models.source import digest
from shelfguard.policy.pack import Pack
from shelfguard.serve.triton.model_config import Form, Scheduling, Shape, model_config
from shelfguard.serve.triton.names import MODEL_NAME
from shelfguard.signals.text import TextModel, resolve_models

GRAPH, CONFIG = "model.onnx", "config.pbtxt"
PYTHON_MODEL = Path(__file__).with_name("python_model.py")


@dataclass(frozen=True, slots=True)
class Exported:
    """A model in a repository, and its version that is the pack's."""

    folder: Path
    version: int
    is_new: bool


def export(pack: Pack, out: Path, scheduling: Scheduling | None = None) -> list[Exported]:
    """Write the pack's transformers; a graph that is already there gets no new version.

    Raises:
        PackError: the pack has no transformers.
        ModelError: a model file is missing, or is not the one that its digest names.
    """
    text, scheduling = TextModel.from_pack(pack), scheduling or Scheduling()
    if text is None or not text.transformers:
        raise PackError("has no transformers to export", file=pack.root)
    files, exported = resolve_models(pack), []
    for stage, transformer in text.transformers.items():
        width = next(transformer.embedding.windows("")).shape[1]
        shape = Shape(width, len(transformer.clauses))
        for form in get_args(Form):
            folder = out / form / MODEL_NAME.format(stage=stage)
            exported.append(_add(folder, files[stage], form, shape, scheduling))
    return exported


def _add(folder: Path, graph: Path, form: Form, shape: Shape, scheduling: Scheduling) -> Exported:
    """Write one model in one form; its configuration last, since that names what is served.

    The version before stays served, for clients that have not changed yet.
    """
    digests, sha256 = _digests(folder), digest(graph)
    known = [version for version, found in digests.items() if found == sha256]
    version = max(known, default=max(digests, default=0) + 1)
    if not known:
        _write_version(folder / str(version), graph)
    before = [each for each in digests if each != version][-1:]
    served = {each: digests.get(each, sha256) for each in sorted([*before, version])}
    if form == "python":
        for each in served:
            _copy(PYTHON_MODEL, folder / str(each) / "model.py")
    with replacing(folder / CONFIG) as temporary:
        temporary.write_text(model_config(folder.name, form, shape, served, scheduling), "utf-8")
    return Exported(folder, version, not known)


def _digests(folder: Path) -> dict[int, str]:
    """The digest of each version's graph, oldest first."""
    graphs = {int(p.parent.name): p for p in folder.glob(f"*/{GRAPH}") if p.parent.name.isdigit()}
    return {version: digest(graphs[version]) for version in sorted(graphs)}


def _write_version(folder: Path, graph: Path) -> None:
    """A version's folder, which appears whole: a running server may be watching."""
    unfinished = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    _copy(graph, unfinished / GRAPH)
    unfinished.rename(folder)
    sync(folder.parent)


def _copy(file: Path, to: Path) -> None:
    with replacing(to) as temporary:
        shutil.copyfile(file, temporary)
