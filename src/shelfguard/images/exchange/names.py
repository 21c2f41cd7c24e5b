"""The formats that hash exchanges use.

| Format | What writes or reads it |
|---|---|
| `lines` | python-threatexchange's signal files: `HASH` or `pdq HASH` a line |
| `reference` | PDQ's reference hasher: `hash,quality,filename`, with `--details` `hash=...,...` |
| `threatexchange` | `threatexchange dataset --print-signals --csv` |
| `hma` | Hasher-Matcher-Actioner 2's API: contents of a bank, or bodies for its `/signal` |
| `threat-updates` | ThreatExchange's Graph API, `/threat_updates` |
| `stopncii` | StopNCII.org's API, `FetchHashes` |
"""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """The name of a format."""

    LINES = "lines"
    REFERENCE = "reference"
    THREATEXCHANGE = "threatexchange"
    HMA = "hma"
    THREAT_UPDATES = "threat-updates"
    STOPNCII = "stopncii"
