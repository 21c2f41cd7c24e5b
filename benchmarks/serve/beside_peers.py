"""The API next to other servers with the same engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.pinned import Result
from benchmarks.serve.alone import steady
from benchmarks.serve.bodies import singles
from benchmarks.serve.contenders import Contender
from benchmarks.serve.overload import SHARE
from benchmarks.serve.saturation import SINGLE, saturated
from benchmarks.serve.sizes import Sizes


def compared(
    ours: Sequence[Contender], peers: Sequence[Contender], lines: Sequence[bytes], sizes: Sizes
) -> dict[str, Result]:
    """Throughput of each at saturation, then latencies of each at a rate that the best can do."""
    found = {each.name: _capacity(each, lines, sizes) for each in (*ours, *peers)}
    rate = SHARE * min(_best(found, ours), _best(found, peers))
    for each in (*ours, *peers):
        with each.start(lines[0]) as server:
            bodies = map(each.single, singles(lines))
            found[each.name] |= steady(server, bodies, rate, sizes.steady)
    return found


def _best(found: Mapping[str, Result], contenders: Sequence[Contender]) -> float:
    return max(found[each.name]["a second"] for each in contenders)


def _capacity(contender: Contender, lines: Sequence[bytes], sizes: Sizes) -> Result:
    with contender.start(lines[0]) as server:
        return saturated(server, map(contender.single, singles(lines)), SINGLE, sizes)
