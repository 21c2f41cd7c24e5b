"""Load a policy pack, or say everything that is wrong with it at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from shelfguard.errors import ModelError, PackError
from shelfguard.models.source import digest
from shelfguard.policy.document import read_document
from shelfguard.policy.lexicons import read_lexicon
from shelfguard.policy.pack import (
    CALIBRATION,
    IMAGE,
    LEXICONS,
    MODEL_FILES,
    Clause,
    LexiconEntry,
    Manifest,
    ModelFile,
    NegativeContext,
    Pack,
)
from shelfguard.policy.schema import BrokenPackError, parse

UNHASHED = ("cases", "examples")
"""Folders that describe a pack but do not change what it decides."""

MANIFEST = "pack.yaml"


def load_pack(source: Path | str) -> Pack:
    """Load a pack from a folder, or a shipped one by name such as `ca-marketplace`.

    Raises:
        PackError: the pack is missing or breaks its schema; all problems, one a line.
    """
    root = find_pack(source)
    problems: list[PackError] = []
    manifest = _manifest(root, problems)
    clauses = _clauses(root, problems)
    lexicon, contexts = _lexicon(root, set(clauses), manifest, problems)
    if problems or not manifest:
        raise BrokenPackError(problems)
    return Pack(root, manifest, clauses, lexicon, pack_digest(root), contexts)


def load_labelled(label: str) -> Pack:
    """The pack that a record names by folder, name or label such as `mine@1.0.0+1a2b3c`.

    Raises:
        PackError: there is no such pack, or it breaks its schema.
    """
    return load_pack(label.partition("@")[0])


def with_models(pack: Pack, folder: Path) -> Pack:
    """The pack with the text model and calibration of another folder in place of its own.

    The folder holds files named as in MODEL_FILES and `calibration.json`. They become part of
    `sha256`, so that decisions tell such a pack from the one that it was made from.

    Raises:
        ModelError: the folder has no student or no calibration.
    """
    files = {name: folder / file for name, file in MODEL_FILES.items() if (folder / file).is_file()}
    for file in (MODEL_FILES["student"], CALIBRATION):
        if not (folder / file).is_file():
            fix = "Give a folder with a student, a calibration and their transformers"
            raise ModelError(f"has no {file}", file=folder, fix=fix)
    models = [
        ModelFile(name=name, source=f"file:{file.name}", sha256=digest(file))
        for name, file in files.items()
    ]
    manifest = pack.manifest.model_copy(update={"models": models})
    parts = [pack.sha256, digest(folder / CALIBRATION), *(f"{m.name} {m.sha256}" for m in models)]
    sha256 = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return replace(pack, manifest=manifest, sha256=sha256, models=folder)


def shipped_packs() -> dict[str, Path]:
    """The packs inside this package, by name."""
    folder = Path(str(files("shelfguard"))) / "packs"
    return {file.parent.name.replace("_", "-"): file.parent for file in folder.glob("*/pack.yaml")}


def find_pack(source: Path | str) -> Path:
    """The folder of a pack given by path or name.

    Raises:
        PackError: there is no such folder or shipped pack.
    """
    root = Path(source)
    if (root / MANIFEST).is_file():
        return root
    shipped = shipped_packs()
    if str(source) in shipped:
        return shipped[str(source)]
    problem = f"has no {MANIFEST}" if root.is_dir() else "no such pack"
    fix = f"Give a pack folder or one of: {', '.join(sorted(shipped)) or 'none shipped'}"
    raise PackError(problem, file=root, fix=fix)


def pack_digest(root: Path) -> str:
    """SHA-256 over the relative path and content of every file that decides."""
    digest = hashlib.sha256()
    for name, file in sorted((f.relative_to(root).as_posix(), f) for f in _deciding_files(root)):
        content = file.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _deciding_files(root: Path) -> Iterator[Path]:
    """Every file of a pack but unit cases, examples and what tools leave behind."""
    for file in root.rglob("*"):
        parts = file.relative_to(root).parts
        litter = any(part.startswith((".", "__pycache__")) for part in parts)
        if file.is_file() and not litter and parts[0] not in UNHASHED:
            yield file


def _manifest(root: Path, problems: list[PackError]) -> Manifest | None:
    document = read_document(root / MANIFEST)
    manifest = parse(document, Manifest)
    if manifest:
        for n, name in enumerate(manifest.required):
            if name not in manifest.signals and not (name == IMAGE and manifest.pictures):
                document.reject(("required", n), f"'{name}' is not in signals")
    problems += document.problems
    return manifest


def _clauses(root: Path, problems: list[PackError]) -> dict[str, Clause]:
    """Clauses by id. One that does not parse is kept out, its problems noted."""
    found: dict[str, Clause] = {}
    origin: dict[str, Path] = {}
    for file in sorted((root / "clauses").glob("*.y*ml")):
        document = read_document(file)
        clause = parse(document, Clause)
        if clause and clause.id in origin:
            problem = f"{clause.id} is already in {origin[clause.id].name}"
            document.reject(("id",), problem, "Give each clause its own id")
        elif clause:
            origin[clause.id], found[clause.id] = file, clause
        if clause and clause.id != file.stem:
            document.reject(("id",), f"{clause.id} in a file of another name", "Rename one")
        problems += document.problems
    if not found and not problems:
        problems.append(PackError("no clauses", file=root / "clauses", fix="Add one a file"))
    return found


def _lexicon(
    root: Path, clauses: set[str], manifest: Manifest | None, problems: list[PackError]
) -> tuple[list[LexiconEntry], list[NegativeContext]]:
    # Names of clauses that failed to parse still count: one mistake, one message.
    known = clauses | {file.stem for file in (root / "clauses").glob("*.y*ml")}
    entries: list[LexiconEntry | NegativeContext] = []
    if not manifest:
        return [], []
    for file in sorted((root / LEXICONS).glob("*.txt")):
        try:
            entries += read_lexicon(file, known, manifest.languages, problems)
        except PackError as error:
            problems.append(error)
    phrases = [entry for entry in entries if isinstance(entry, LexiconEntry)]
    return phrases, [entry for entry in entries if isinstance(entry, NegativeContext)]
