"""What is installed beside the server that tests start."""

from __future__ import annotations

import re
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[4] / "requirements"


def test_the_server_has_the_client_s_onnx_runtime_for_the_same_bits() -> None:
    ours, its = (
        re.search(r"^onnxruntime==(\S+)", (REQUIREMENTS / name).read_text("utf-8"), re.MULTILINE)
        for name in ("base.txt", "triton.txt")
    )
    assert ours
    assert its
    assert ours[1] == its[1]
