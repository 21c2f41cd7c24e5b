"""Where a scan's pictures come from, and what is known of them, as values that cross processes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shelfguard.models.source import DEFAULT_CACHE

CACHE = DEFAULT_CACHE / "pictures"
READINGS = "readings.sqlite"
"""In the cache: what detectors read."""


@dataclass(frozen=True, slots=True)
class PictureSource:
    """`roots` are the folders that local pictures may lie in; `allow` names hosts and networks
    beyond the public web; `banks` are folders of known pictures; `catalog` is the
    table of all the catalog's pictures, which tells those that stand on several products; `cache`
    keeps what was fetched, and what detectors read.
    """

    roots: tuple[Path, ...] = ()
    allow: tuple[str, ...] = ()
    banks: tuple[Path, ...] = ()
    catalog: Path | None = None
    cache: Path = CACHE

    def to_json(self) -> dict[str, Any]:
        """As a run records it; the banks' content is among its models."""
        return {
            "roots": [str(root.resolve()) for root in self.roots],
            "allow": list(self.allow),
            "banks": [str(bank.resolve()) for bank in self.banks],
            "catalog": str(self.catalog.resolve()) if self.catalog else None,
            "cache": str(self.cache.resolve()),
        }

    @classmethod
    def from_json(cls, recorded: dict[str, Any]) -> PictureSource:
        """What a run recorded."""
        roots, banks = (tuple(map(Path, recorded[name])) for name in ("roots", "banks"))
        catalog = Path(recorded["catalog"]) if recorded["catalog"] else None
        return cls(roots, tuple(recorded["allow"]), banks, catalog, Path(recorded["cache"]))
