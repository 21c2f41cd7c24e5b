"""A price under a name that no stage has would never be charged."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.policy.lint.finding import Finding, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Prices that belong to no signal, model or detector of the pack."""
    manifest = subject.pack.manifest
    detectors = manifest.pictures.detectors if manifest.pictures else {}
    named = {*manifest.signals, *(model.name for model in manifest.models)} - {"text"}
    stages = sorted({*named, *detectors})
    for name in manifest.costs:
        if name not in stages:
            file, line = subject.at("pack.yaml", ("costs", name))
            message = f"no stage is called '{name}', so its cost is never charged"
            fix = f"Use one of: {', '.join(stages)}"
            yield Finding("warning", "cost", file, line, None, message, fix)
