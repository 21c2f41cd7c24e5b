"""Decisions on the 500 listings, as bytes, and the recorded ones that every engine must give."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import chdir
from functools import partial
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from shelfguard.cli.main import app
from shelfguard.signals.text import TRANSFORMERS
from tests.golden.processor import kind
from tests.golden.write_listings import LISTINGS

ROOT = Path(__file__).parents[2]
SOURCE = str(LISTINGS.relative_to(ROOT))
"""The feed as decisions name it."""

RECORDED = LISTINGS.with_name("decisions")
"""A file for each kind of processor on which they were recorded."""

FAR = 0.25
"""No probability of a transformer differs by more between two kinds of processors."""

FEW = 0.03
"""Nor do more of the outcomes; five of 500 differ between the two that are recorded."""

SETTLED = ("listing_id", "content_hash", "stage", "degraded")
"""What no arithmetic changes."""

VOLATILE = re.compile(rb',"decided_at":"[^"]*","ms":[^}]*')


def bodies() -> list[dict[str, Any]]:
    """The listings as a client sends them, who says where in the feed each stands."""
    with LISTINGS.open(encoding="utf-8") as lines:
        return [
            {**json.loads(line), "source": {"uri": SOURCE, "row": row}}
            for row, line in enumerate(lines, start=1)
        ]


def scanned(out: Path, *options: str) -> list[bytes]:
    """What `shelfguard scan` decides, without the times."""
    arguments = ["scan", SOURCE, "--out", str(out), "--format", "jsonl", "--quiet", *options]
    with chdir(ROOT):
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return lasting((out / "decisions.jsonl").read_bytes()).splitlines()


def lasting(told: bytes) -> bytes:
    """Decisions as JSON, without when they were made and how long it took."""
    return VOLATILE.sub(b"", told)


def told(answer: bytes) -> list[bytes]:
    """The decisions in an answer of the API, each as its bytes there, without the times."""
    compact = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    decisions = json.loads(lasting(answer))["decisions"]
    found = [str(compact(decision)).encode() for decision in decisions]
    assert lasting(answer) == b'{"decisions":[' + b",".join(found) + b"]}"
    return found


def record(decisions: Sequence[bytes]) -> None:
    """Have these be the recorded ones of this kind of processor from now on."""
    lines = (json.dumps(shown(each), ensure_ascii=False) + "\n" for each in decisions)
    (RECORDED / f"{kind()}.jsonl").write_text("".join(lines), encoding="utf-8")


def assert_recorded(decisions: Sequence[bytes]) -> None:
    """These are the recorded decisions: to the byte, if this kind of processor was recorded."""
    here = RECORDED / f"{kind()}.jsonl"
    others = sorted(RECORDED.glob("*.jsonl"))
    recorded = _read(here if here.exists() else others[0])
    pairs = zip(map(shown, decisions), recorded, strict=True)
    differing = [{"here": here, "recorded": there} for here, there in pairs if here != there]
    if here.exists():
        assert differing == []
    else:
        _assert_close(differing, len(recorded))


def _assert_close(differing: Sequence[dict[str, Any]], count: int) -> None:
    """Nothing differs but what transformers read, and that hardly."""
    for pair in differing:
        here, there = pair["here"], pair["recorded"]
        assert all(here[name] == there[name] for name in SETTLED), pair
        assert here["stage"] in TRANSFORMERS, pair
        both = here["clauses"].keys() & there["clauses"].keys()
        assert all(abs(here["clauses"][c] - there["clauses"][c]) < FAR for c in both), pair
    outcomes = [(pair["here"]["outcome"], pair["recorded"]["outcome"]) for pair in differing]
    assert sum(here != there for here, there in outcomes) <= FEW * count


def _read(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def shown(decision: bytes) -> dict[str, Any]:
    """What a person compares, and a digest of the rest."""
    row = json.loads(decision)
    return {
        **{name: row[name] for name in ("listing_id", "content_hash", "outcome", "stage")},
        "degraded": row["degraded"],
        "clauses": {reason["clause"]: reason["probability"] for reason in row["reasons"]},
        "sha256": hashlib.sha256(decision).hexdigest(),
    }
