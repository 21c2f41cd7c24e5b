"""The files are those that the manifest names, and the datasheet says what it says."""

from __future__ import annotations

from collections.abc import Iterator

from shelfguard.learn.data.audit.finding import Finding, Subject
from shelfguard.learn.data.dataset import LABELS, LISTINGS, ROWS, changed_files
from shelfguard.learn.data.datasheet import DATASHEET, datasheet

REBUILD = "Build the dataset again"


def check(subject: Subject) -> Iterator[Finding]:
    """Files and manifest against their digests."""
    root, manifest = subject.dataset.root, subject.dataset.manifest
    for name in changed_files(root, manifest):
        message = f"{name} is not the file that the manifest names"
        yield Finding("error", "changed-file", message, REBUILD)
    for name in sorted({LISTINGS, ROWS, LABELS} - manifest.files.keys()):
        message = f"the manifest holds no digest of {name}"
        yield Finding("error", "changed-file", message, REBUILD)
    if manifest.id != manifest.digest:
        message = "the manifest was changed: its id is not the digest of its content"
        yield Finding("error", "changed-manifest", message, REBUILD)
    sheet = root / DATASHEET
    if not sheet.is_file() or sheet.read_text("utf-8") != datasheet(manifest):
        message = "the datasheet is missing or does not say what the manifest says"
        yield Finding("warning", "datasheet", message, REBUILD)
