"""Every model file is there and is the one that the pack pins."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.errors import ModelError
from shelfguard.models.source import is_local, resolve
from shelfguard.policy.lint.finding import Finding, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Local model files that are missing or differ. Lint downloads nothing."""
    for n, model in enumerate(subject.pack.manifest.models):
        if not is_local(model.source):
            continue
        try:
            resolve(model.source, model.sha256, root=subject.pack.models_root)
        except ModelError as error:
            file, line = subject.at("pack.yaml", ("models", n))
            place = f"{error.file}: " if error.file else ""
            message = f"model '{model.name}': {place}{error.problem}"
            yield Finding("error", "model-file", file, line, None, message, error.fix or "")
