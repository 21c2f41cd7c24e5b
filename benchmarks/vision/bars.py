"""What looking at pictures must reach."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.pinned import Result
from benchmarks.scan import Bar
from benchmarks.vision.sizes import Sizes

OF_KERNELS = 0.8
"""Pictures a second, as a share of what decoding and detectors alone would read."""

FLAT = 1.1
"""Memory after many pictures over that after few."""

LOOK_UPS = 4_000
"""A second, on one core."""

INDEX_MB = 1_500

PAUSE_MS = 250
"""Half of what an index of 200,000 hashes takes to build: who waited for that would wait longer."""


def bars(found: Mapping[str, Result], sizes: Sizes) -> list[Bar]:
    """Every figure of one run against its bar."""
    return [
        *speed(found),
        *memory(found, sizes),
        *shared_picture(found, sizes.shared),
        *known_pictures(found, sizes.hashes),
    ]


def speed(found: Mapping[str, Result]) -> list[Bar]:
    """Pictures a second end to end, on the wall and of the processor."""
    return [
        Bar(
            f"Pictures a second of the {way} over the kernels alone, {clock}",
            found[way][f"kernels{kind} ms"] / found[way][f"{way}{kind} ms"],
            OF_KERNELS,
        )
        for way in ("engine", "scan")
        for clock, kind in {"wall": "", "processor": " processor"}.items()
    ]


def shared_picture(found: Mapping[str, Result], rows: int) -> list[Bar]:
    """How often each detector sees the picture of many listings."""
    what = f"Calls of a detector for the picture of {rows:,} listings"
    return [Bar(what, found["shared"]["most"], 1, at_least=False)]


def memory(found: Mapping[str, Result], sizes: Sizes) -> list[Bar]:
    """Peaks after many pictures over those after few."""
    counts = {"cheap": sizes.cheap_detectors, "all": sizes.all_detectors}
    return [
        Bar(
            f"Peak memory after {late:,} pictures over {early:,}, {which} detectors",
            found[f"memory, {which} detectors"]["late peak MB"]
            / found[f"memory, {which} detectors"]["early peak MB"],
            FLAT,
            at_least=False,
        )
        for which, (early, late) in counts.items()
    ]


def known_pictures(found: Mapping[str, Result], hashes: int) -> list[Bar]:
    """Hashing and looking up."""
    hashing, look_up, check, swap = (found[task] for task in ("hash", "look-up", "check", "swap"))
    alone = hashing["hash_of, 512 pixels"] / hashing["pdqhash alone, 512 pixels"]
    longer = swap["longest ms during"] - swap["longest ms before"]
    return [
        Bar("Hashes a second over `pdqhash` alone", alone, OF_KERNELS),
        Bar(f"Look-ups a second among {hashes:,}", look_up["a second"], LOOK_UPS),
        Bar("Hits missed at radius 31", check["missed"], 0, at_least=False),
        Bar("Hits invented", check["invented"], 0, at_least=False),
        Bar("Peak MB of looking up", look_up["peak MB"], INDEX_MB, at_least=False),
        Bar("ms that a rebuild adds to the longest look-up", longer, PAUSE_MS, at_least=False),
    ]
