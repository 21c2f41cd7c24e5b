"""Runs one scan with a slow fake engine, in a process of its own that a test may kill."""

from __future__ import annotations

import sys
from typing import cast

from shelfguard.policy.load import load_pack
from shelfguard.run.crew import EngineName
from shelfguard.run.local import Options
from tests.engines.feeds import decide
from tests.unit.run.fake_engine import SlowEngine


def main(engine: str, out: str, *feed: str) -> None:
    options = Options(feed, out, engine=cast("EngineName", engine), workers=2)
    decide(options, load_pack("ca-marketplace"), SlowEngine)


if __name__ == "__main__":
    main(*sys.argv[1:])
