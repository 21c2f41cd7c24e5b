"""Runs one scan with a slow fake engine, in a process of its own that a test may kill."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.unit.run.fake_engine import SlowEngine

from shelfguard.policy.load import load_pack
from shelfguard.run.local import Options, scan


def main(feed: str, out: str, pack: str, workers: str, *resume: str) -> None:
    options = Options(Path(feed), Path(out), workers=int(workers), resume=bool(resume))
    scan(
        options,
        load_pack(pack),
        SlowEngine,
        publish=lambda out, pack: None,
        watch=lambda progress: None,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
