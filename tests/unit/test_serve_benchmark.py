"""The benchmark of the API: what it sends, how it judges, and how it watches a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from benchmarks.pinned import Result
from benchmarks.serve import processes
from benchmarks.serve.bars import against_engine, against_peers, under_overload
from benchmarks.serve.bodies import several, together
from benchmarks.serve.processes import Running, running

ENGINE = {
    "median ms": 4.0,
    "a second by 1": 250.0,
    "a second by 64": 4_000.0,
    "a second by 500": 8_000.0,
}

CALM: Result = {
    "not told": 0,
    "decided late": 0,
    "MB early": 500,
    "MB late": 510,
    "p99 ms before": 12,
    "p99 ms after": 14,
}


def api(single: float, several: float, p99: float) -> dict[str, Result]:
    """Figures of an API beside those of the engine."""
    return {
        "bare engine": ENGINE,
        "none, single": {"a second": single},
        "none, 500": {"a second": several},
        "none, steady": {"p99 ms": p99},
    }


def test_listings_go_out_together_in_their_order_and_over_again() -> None:
    lines = [b'{"id":"a"}', b'{"id":"b"}', b'{"id":"c"}']
    requests = [json.loads(body)["listings"] for body in islice(several(lines, 2), 3)]
    assert [[each["id"] for each in request] for request in requests] == [
        ["a", "b"],
        ["c", "a"],
        ["b", "c"],
    ]
    assert json.loads(together(lines[:1])) == {"listings": [{"id": "a"}]}


@pytest.mark.parametrize(
    ("figures", "holds"),
    [
        (api(2_800, 11.3, 14), [True, True, True, True]),
        (api(180, 11.3, 14), [True, False, True, True]),
        (api(170, 11.3, 14), [False, False, True, True]),
        (api(2_800, 11.1, 14), [True, True, False, True]),
        (api(2_800, 11.3, 14.1), [True, True, True, False]),
    ],
)
def test_the_api_is_judged_by_the_engine_of_the_same_run(
    figures: dict[str, Result], holds: list[bool]
) -> None:
    assert [bar.holds for bar in against_engine(figures, "none")] == holds


def test_peers_are_judged_by_the_best_of_them_in_each_figure() -> None:
    figures = {
        "Shelfguard, none": {"a second": 300.0, "p99 ms": 20.0},
        "Fast": {"a second": 200.0, "p99 ms": 40.0},
        "Prompt": {"a second": 100.0, "p99 ms": 10.0},
    }
    throughput, latency = against_peers(figures)
    assert (throughput.value, throughput.holds) == (1.5, True)
    assert (latency.value, latency.holds) == (2.0, False)


def test_an_overload_that_is_told_and_forgotten_passes() -> None:
    assert all(bar.holds for bar in under_overload(CALM))


@pytest.mark.parametrize(
    "wrong",
    [{"not told": 1}, {"decided late": 1}, {"MB late": 600}, {"p99 ms after": 40}],
)
def test_an_overload_that_shows_afterwards_does_not(wrong: Result) -> None:
    assert [bar.holds for bar in under_overload({**CALM, **wrong})].count(False) == 1


def test_a_process_is_watched_with_all_that_it_started() -> None:
    here = Running(os.getpid(), "")
    child = "import sys; held = b'x' * 80_000_000; print(flush=True); sys.stdin.read()"
    alone = here.memory()
    with subprocess.Popen(
        [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as started:
        assert started.stdout
        started.stdout.readline()
        assert here.memory() > alone + 60
    assert here.processor() > 0


def test_a_server_that_ends_at_once_is_told_with_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "WORK", tmp_path)
    command = [sys.executable, "-c", "raise SystemExit('no models here')"]
    nowhere = "http://127.0.0.1:9/"
    with (
        pytest.raises(RuntimeError, match="no models here"),
        running(command, nowhere, b"{}", "broken"),
    ):
        pass
