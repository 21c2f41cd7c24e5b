"""What `shelfguard model train|list|show` print for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from shelfguard.cli.pack_tables import console
from shelfguard.report.marks import visible

if TYPE_CHECKING:
    from shelfguard.learn.model import ModelRecord
    from shelfguard.learn.train.tracking import Registered, TrainingRun

ID_LENGTH = 12
"""As many digits of a digest as tell it from others at a glance."""

AGES = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def print_record(folder: Path, record: ModelRecord) -> None:
    """Name, origin, figures and files of a model."""
    table = Table(title=Text(visible(str(folder))), show_header=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for name, value in _facts(record):
        table.add_row(name, Text(visible(value)))
    console().print(table)


def _facts(record: ModelRecord) -> Iterable[tuple[str, str]]:
    yield "model", f"{record.name} ({record.kind})" + (", a smoke test" if record.smoke else "")
    yield "digest", record.digest
    yield "clauses", str(len(record.clauses))
    yield "pack", record.pack
    yield "dataset", record.dataset
    yield "seed", str(record.seed)
    yield "commit", record.commit or "unknown"
    yield "made with", ", ".join(f"{name} {value}" for name, value in record.environment.items())
    for name, value in record.metrics.items():
        yield name, _figure(value)
    for name, sha256 in sorted(record.files.items()):
        yield name, f"SHA-256 {sha256}"


def print_runs(uri: str, runs: Sequence[TrainingRun]) -> None:
    """One row a training run, newest first."""
    if not runs:
        console().print(f"No training runs in {visible(uri)}.", soft_wrap=True)
        return
    table = Table("Run", "Kind", "Dataset", "Status", title="Training runs")
    table.add_column("Figures", overflow="fold")
    table.add_column("Age")
    for run in runs:
        said = (run.name, run.kind, run.dataset[:ID_LENGTH], run.status, _figures(run.metrics))
        table.add_row(*(Text(visible(text)) for text in (*said, _age(run.started))))
    console().print(table)


def print_registered(versions: Sequence[Registered]) -> None:
    """One row a registered version, newest first; nothing where there is none."""
    if not versions:
        return
    table = Table("Version", "Aliases", "Dataset", "Age", title="Registered")
    for found in versions:
        name, aliases = f"{found.name}/{found.version}", ", ".join(found.aliases)
        said = (name, aliases, found.dataset[:ID_LENGTH], _age(found.created))
        table.add_row(*(Text(visible(text)) for text in said))
    console().print(table)


def _figures(metrics: Mapping[str, float]) -> str:
    return "\n".join(f"{name} {_figure(value)}" for name, value in sorted(metrics.items()))


def _figure(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _age(moment: datetime) -> str:
    seconds = max(1, int((datetime.now(UTC) - moment).total_seconds()))
    unit, size = next((unit, size) for unit, size in AGES if seconds >= size)
    return f"{seconds // size} {unit}"
