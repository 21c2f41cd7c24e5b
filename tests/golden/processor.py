"""The kind of processor, on which the last digits of a transformer's scores depend."""

from __future__ import annotations

import platform
from pathlib import Path

KINDS = ("avx512_vnni", "avx512f", "avx2")
"""Instruction sets for which ONNX Runtime has kernels of its own, best first.

Sums of integers are alike on all; sums of floats are taken in another order, and where that tips
the rounding of an activation to 8 bits, a probability near a limit can fall on its other side.
"""


def kind() -> str:
    """The best of the instruction sets that this processor has, or its architecture."""
    description = Path("/proc/cpuinfo")
    words = description.read_text(encoding="utf-8").split() if description.exists() else []
    return next((name for name in KINDS if name in words), platform.machine())
