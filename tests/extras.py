"""Which tests need an extra of the package: they skip where it is not installed."""

from __future__ import annotations

import re
from pathlib import Path

from shelfguard.cli.extras import extra_of

_SKIP = re.compile(r'(?:importorskip|find_spec)\((?:"(\w+)|\w)')


def skips_without(extra: str, file: Path) -> bool:
    """Whether a test file skips, whole or in part, what an extra's library is missing for.

    A library that no extra names may come with any, and so may one that is chosen at run time.
    """
    packages = _SKIP.findall(file.read_text("utf-8"))
    return any(extra_of(package) in (extra, None) for package in packages)
