"""Every model file is there and is the one that the pack pins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from shelfguard.errors import ModelError
from shelfguard.models.source import is_local, resolve
from shelfguard.policy.lint.finding import Finding, Subject
from shelfguard.policy.pack import ModelFile


def check(subject: Subject) -> Iterator[Finding]:
    """Local model files that are missing or differ. Lint downloads nothing."""
    pack = subject.pack
    yield from _check(subject, ("models",), pack.manifest.models, pack.models_root)
    if pictures := pack.manifest.pictures:
        yield from _check(subject, ("pictures", "models"), pictures.models, pack.root)


def _check(
    subject: Subject, section: tuple[str, ...], models: Sequence[ModelFile], root: Path
) -> Iterator[Finding]:
    for n, model in enumerate(models):
        if not is_local(model.source):
            continue
        try:
            resolve(model.source, model.sha256, root=root)
        except ModelError as error:
            file, line = subject.at("pack.yaml", (*section, n))
            place = f"{error.file}: " if error.file else ""
            message = f"model '{model.name}': {place}{error.problem}"
            yield Finding("error", "model-file", file, line, None, message, error.fix or "")
