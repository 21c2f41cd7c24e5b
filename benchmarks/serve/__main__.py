"""The API, measured: python -m benchmarks.serve [--quick] [--peers FOLDER]."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.pinned import ROOT, Result
from benchmarks.scan import WORK, Bar
from benchmarks.serve import bare_engine
from benchmarks.serve.alone import STORES, of_stores
from benchmarks.serve.bars import bars
from benchmarks.serve.beside_peers import compared
from benchmarks.serve.bodies import listings
from benchmarks.serve.contenders import ours, peers
from benchmarks.serve.processes import leave_first_core, measured, open_many_files
from benchmarks.serve.sizes import FULL, QUICK, Sizes

PEERS = ROOT / ".venv-peers/bin"
"""Where the peers are installed, apart from what we depend on."""


def table(rows: Sequence[Bar], found: Mapping[str, Result]) -> str:
    """The bars, and the figures under them, as Markdown."""
    lines = ["| What | Measured | Bar | Holds |", "|---|---|---|---|"]
    lines += [row.line() for row in rows]
    for name, figures in found.items():
        lines += ["", f"| {name} | |", "|---|---|"]
        lines += [f"| {what} | {value:,.4g} |" for what, value in figures.items()]
    return "\n".join(lines)


def main(sizes: Sizes, programs: Path | None, out: Path) -> int:
    """Run everything, print the table and write it as JSON; 1 where a bar does not hold."""
    if os.getloadavg()[0] > 1:
        print("The machine is busy: timings will be noisy.", file=sys.stderr)
    leave_first_core()
    open_many_files()
    lines = listings(sizes.listings)
    module = bare_engine.__name__
    alone = {"bare engine": measured(module, sizes.listings, sizes.single, sizes.rows)}
    alone |= of_stores(lines, sizes)
    print(table(bars(alone, {}), alone), flush=True)  # lest a peer that fails take it along
    beside = {}
    if programs:
        beside = compared([ours(store) for store in STORES], peers(programs), lines, sizes)
    rows, found = bars(alone, beside), {**alone, **beside}
    print(table(rows, found))
    record = {
        "sizes": sizes._asdict(),
        "bars": [asdict(row) | {"holds": row.holds} for row in rows],
        "figures": found,
    }
    out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row.holds for row in rows) else 1


def _programs(chosen: Path) -> Path | None:
    if (chosen / "litserve").exists() and (chosen / "bentoml").exists():
        return chosen
    print(f"No peers in {chosen}: they are not compared. See make bench-serve.", file=sys.stderr)
    return None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="minutes, and only a hint")
    parser.add_argument("--peers", type=Path, default=PEERS, help="programs of their environment")
    parser.add_argument("--json", type=Path, default=WORK / "serve.json")
    chosen = parser.parse_args()
    sys.exit(main(QUICK if chosen.quick else FULL, _programs(chosen.peers), chosen.json))
