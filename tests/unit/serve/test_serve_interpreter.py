"""How Python runs in a process that answers requests."""

from __future__ import annotations

import subprocess
import sys


def test_what_is_loaded_before_is_passed_over_when_python_looks_for_garbage() -> None:
    code = (
        "import gc, sys\n"
        "from shelfguard.serve.interpreter import tune\n"
        "before = gc.get_threshold()[0], sys.getswitchinterval()\n"
        "tune()\n"
        "assert gc.get_freeze_count() > 1000\n"
        "assert gc.get_threshold()[0] > before[0]\n"
        "assert sys.getswitchinterval() < before[1]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
