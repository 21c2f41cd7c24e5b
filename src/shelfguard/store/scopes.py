"""What a key of the API may be for."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """What a key is for; the routes say which they ask for."""

    DECIDE = "decide"
    READ = "read"
    ADMIN = "admin"
