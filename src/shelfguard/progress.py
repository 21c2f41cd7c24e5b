"""A progress bar on standard error, shown where a person watches."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn


class ProgressBar:
    """One bar of the given columns while the context lasts; what moves it is the subclass's."""

    def __init__(
        self,
        *columns: ProgressColumn,
        description: str = "",
        shown: bool = True,
        console: Console | None = None,
        **fields: Any,
    ) -> None:
        console = console or Console(stderr=True)
        hidden = not (shown and console.is_terminal)
        self._progress = Progress(*columns, console=console, transient=True, disable=hidden)
        self._task = self._progress.add_task(description, total=None, **fields)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()
