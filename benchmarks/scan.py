"""The scan's speed and memory next to its peers: python -m benchmarks.scan [--quick]."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from benchmarks import catalog
from benchmarks.pinned import ROOT, Job, Result, in_turns
from benchmarks.quality import compare, train_peers

WORK = ROOT / "build/bench"


class Sizes(NamedTuple):
    """Rows per feed, and how often each timing is repeated."""

    small: int
    large: int
    encoder: int
    tfidf: int
    batches: int
    times: int


FULL = Sizes(100_000, 1_000_000, 1_000, 20_000, 12, 3)
QUICK = Sizes(20_000, 60_000, 300, 2_000, 3, 1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One ratio against what it must reach: at least, or at most."""

    what: str
    value: float
    bar: float
    at_least: bool = True

    @property
    def holds(self) -> bool:
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def line(self) -> str:
        sign, verdict = ("≥" if self.at_least else "≤"), ("yes" if self.holds else "**no**")
        return f"| {self.what} | {self.value:.3g} | {sign} {self.bar:g} | {verdict} |"


def feeds(sizes: Sizes) -> tuple[Path, Path]:
    """Grow the two catalogs, unless an earlier run with these sizes left them."""
    WORK.mkdir(parents=True, exist_ok=True)
    paths = WORK / f"catalog-{sizes.small}.csv", WORK / f"catalog-{sizes.large}.csv"
    for path, size in zip(paths, (sizes.small, sizes.large), strict=True):
        if not path.exists():
            part = path.with_suffix(".part")
            catalog.write(part, catalog.grow(size))
            part.rename(path)
    return paths


def against_peers(small: Path, large: Path, sizes: Sizes) -> dict[str, Result]:
    """Both scans, the encoder on every row and the peers, in turns on one core."""
    feed, bare = str(large), str(WORK / "fasttext.bin")
    jobs: dict[str, Job] = {
        "small scan": {"task": "scan", "feed": str(small)},
        "large scan": {"task": "scan", "feed": feed},
        "encoder": {"task": "encoder", "feed": feed, "rows": sizes.encoder},
        "fasttext k=1": {"task": "fasttext", "feed": feed, "model": bare, "k": 1},
        "fasttext k=-1": {"task": "fasttext", "feed": feed, "model": bare, "k": -1},
        "tfidf": {
            "task": "tfidf",
            "feed": feed,
            "model": str(WORK / "tfidf"),
            "rows": sizes.tfidf,
        },
        "overhead": {"task": "overhead", "feed": feed, "batches": sizes.batches},
    }
    return in_turns(jobs, sizes.times)


def of_two_workers(large: Path) -> dict[str, Result]:
    """The large scan with one and with two workers, both on two cores."""
    one: Job = {"task": "scan", "feed": str(large), "cores": 2}
    return in_turns({"one worker": one, "two workers": {**one, "workers": 2}}, 1)


def bars(found: dict[str, Result], quality: dict[str, float]) -> list[Bar]:
    """Every ratio of one run against its bar."""

    def ratio(above: str, below: str, key: str = "us_per_row") -> float:
        return found[above][key] / found[below][key]

    best = max(quality["average_precision_fasttext"], quality["average_precision_tfidf"])
    precision = quality["average_precision_scan"] / best
    lost = 100 * (quality["recall_encoder_on_all"] - quality["recall_scan"])
    speeds = [bar for size in ("large", "small") for bar in against(f"{size} scan", ratio)]
    return [
        *speeds,
        Bar("Points of recall lost by the cascade on the cases", lost, 1, at_least=False),
        Bar("Average precision over the better peer's", precision, 1),
        Bar("`Engine.run` over its kernels", found["overhead"]["ratio"], 1.5, at_least=False),
        Bar(
            "Time a listing, large over small catalog",
            ratio("large scan", "small scan", "net_us_per_row"),
            1.1,
            at_least=False,
        ),
        Bar(
            "Peak memory, large over small",
            ratio("large scan", "small scan", "peak_mb"),
            1.1,
            False,
        ),
        Bar("Speed of two workers over one", ratio("one worker", "two workers"), 1.7),
    ]


def against(scan: str, ratio: Callable[[str, str], float]) -> list[Bar]:
    """A scan's speed over the encoder's on every row and over the peers'."""
    return [
        Bar(f"Speed of the {scan} over the encoder on every row", ratio("encoder", scan), 40),
        Bar(f"Throughput of the {scan} over fastText, k=1", ratio("fasttext k=1", scan), 1 / 3),
        Bar(f"Throughput of the {scan} over fastText, k=-1", ratio("fasttext k=-1", scan), 1 / 3),
        Bar(f"Speed of the {scan} over TF-IDF + regression", ratio("tfidf", scan), 5),
    ]


def table(rows: list[Bar], found: dict[str, Result], quality: dict[str, float]) -> str:
    """The ratios, and the numbers under them, as Markdown."""
    lines = ["| What | Measured | Bar | Holds |", "|---|---|---|---|"]
    lines += [row.line() for row in rows]
    lines += ["", "| Timed alone | µs a listing | of processor | Peak MB |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {r['us_per_row']:.4g} | {r['cpu_us_per_row']:.4g} | {r['peak_mb']:.0f} |"
        for name, r in found.items()
        if "us_per_row" in r
    ]
    shares = {k: v for k, v in found["overhead"].items() if k != "peak_mb"}
    lines += ["", "| In the engine | |", "|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {value:.3g} |" for name, value in shares.items()]
    lines += ["", "| On the cases | |", "|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {value:.4g} |" for name, value in quality.items()]
    return "\n".join(lines)


def main(sizes: Sizes, out: Path, tell: Callable[[str], None]) -> int:
    """Run everything, print the table and write it as JSON; 1 where a bar does not hold."""
    if os.getloadavg()[0] > 1:
        print("The machine is busy: timings will be noisy.", file=sys.stderr)
    small, large = feeds(sizes)
    quality = compare(*train_peers(WORK))
    found = against_peers(small, large, sizes) | of_two_workers(large)
    rows = bars(found, quality)
    tell(table(rows, found, quality))
    record = {
        "sizes": sizes._asdict(),
        "bars": [asdict(row) | {"holds": row.holds} for row in rows],
        "timings": found,
        "quality": quality,
    }
    out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small catalogs, each timed once")
    parser.add_argument("--json", type=Path, default=WORK / "scan.json")
    parser.add_argument("--times", type=int, help="how often each timing is repeated")
    chosen = parser.parse_args()
    sizes = QUICK if chosen.quick else FULL
    sys.exit(main(sizes._replace(times=chosen.times or sizes.times), chosen.json, print))
