"""The log of promotions: append-only JSON lines, each holding the digest of the one before."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field

from shelfguard.chained_log import ChainedLog, Link
from shelfguard.learn.registry.registry import SQLITE, Registry

NAME = "promotions.jsonl"

What = Literal["promotion", "refusal", "rollback"]


class Entry(Link):
    """One line. `before` and `after` say what `champion` was and is: name, version, digest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: datetime = Field(default_factory=lambda: datetime.now(UTC))
    who: str
    what: What
    pack: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    gates: list[dict[str, Any]] = Field(default_factory=list)
    because: str | None = None

    def as_line(self) -> str:
        """All values, in the order that logs have had from the first."""
        values = self.model_dump(mode="json")
        previous = values.pop("previous")
        return json.dumps({**values, "previous": previous}, ensure_ascii=False)


class AuditLog(ChainedLog[Entry]):
    """The log of a registry's promotions."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, Entry)

    @classmethod
    def of(cls, registry: Registry, path: Path | None = None) -> AuditLog:
        """The log of a registry: beside its SQLite file, or for a server in this folder."""
        local = registry.uri.startswith(SQLITE)
        folder = Path(registry.uri.removeprefix(SQLITE)).parent if local else Path()
        return cls(path or folder / NAME)

    def entries(self) -> list[Entry]:
        """All entries, oldest first, after the chain was checked; none before the first.

        Raises:
            FindingsError: a line was changed, removed or half written; it is named.
        """
        return self.read() if self.path.exists() else []


def champions(entries: list[Entry], pack: str) -> list[dict[str, Any]]:
    """The champions of a pack that a rollback could go back to, oldest first, then today's."""
    stack: list[dict[str, Any]] = []
    for entry in entries:
        if entry.pack != pack or entry.after is None:
            continue
        if entry.what == "promotion":
            for champion in (entry.before, entry.after):
                if champion and champion != (stack[-1] if stack else None):
                    stack.append(champion)
        elif entry.what == "rollback":
            while stack and stack[-1] != entry.after:
                stack.pop()
    return stack
