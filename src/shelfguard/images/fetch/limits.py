"""What fetching one picture may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, seconds (`deadline` for all tries of a picture together), and pictures at once."""

    max_bytes: int = 20_000_000
    deadline: float = 30.0
    connect_timeout: float = 5.0
    read_timeout: float = 10.0
    at_once: int = 16
    at_once_per_host: int = 4
