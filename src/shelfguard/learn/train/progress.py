"""How a training tells of its progress: a bar and lines for a person, curves for MLflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from shelfguard.progress import ProgressBar

Keep = Callable[[Mapping[str, float], int], None]


class ShownProgress(ProgressBar):
    """A Watch on standard error, which passes every point of a curve on to `keep`."""

    def __init__(self, name: str, keep: Keep) -> None:
        self.last: dict[str, float] = {}
        self._name, self._keep = name, keep
        console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        super().__init__(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            description=name,
            console=console,
        )

    def log(self, metrics: Mapping[str, float], step: int) -> None:
        """Show a point of each curve, and keep it; step 0 is for figures that have no curve."""
        if not metrics:
            return
        self.last.update(metrics)
        self._keep(metrics, step)
        figures = ", ".join(f"{name} {value:.4g}" for name, value in metrics.items())
        self.say(f"step {step}: {figures}" if step else figures)

    def say(self, message: str) -> None:
        self._progress.console.print(f"{self._name}: {message}")

    def advance(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)
