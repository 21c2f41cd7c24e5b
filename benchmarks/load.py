"""Load on a server of its own, open loop at 60 % of its capacity: python -m benchmarks.load."""

from __future__ import annotations

import argparse

from benchmarks.open_loop import at_random, run, shown
from benchmarks.serve.bodies import listings, singles
from benchmarks.serve.contenders import ours
from benchmarks.serve.overload import SHARE
from benchmarks.serve.processes import leave_first_core
from benchmarks.serve.saturation import SINGLE, saturated
from benchmarks.serve.sizes import QUICK


def main(seconds: float, store: str) -> None:
    """Start the server on the first core, load it from the others, print figures, stop it."""
    leave_first_core()
    lines = listings(QUICK.listings)
    with ours(store).start(lines[0]) as server:
        most = saturated(server, singles(lines), SINGLE, QUICK)["a second"]
        rate = SHARE * most
        sent = run(server.url, at_random(rate, seconds), singles(lines))
    print(f"{'at most, a second':<26}{most:.0f}\n{'now sent, a second':<26}{rate:.0f}")
    print(shown(sent.summary()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--store", choices=("sqlite", "none"), default="sqlite")
    chosen = parser.parse_args()
    main(chosen.seconds, chosen.store)
