"""What a person is told where Ray does not start."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.run.fake_engine import FakeEngine

from shelfguard.config import quiet_engines
from shelfguard.errors import RunError
from shelfguard.run.local_parts import LocalParts
from shelfguard.run.ray import ray_crew
from shelfguard.run.worker import Sink

quiet_engines()
ray = pytest.importorskip("ray", reason="needs the extra 'ray'")


def problem(error: Exception, monkeypatch: pytest.MonkeyPatch) -> RunError:
    """What is told where Ray raises this as it starts or connects."""

    def fails(**_: object) -> None:
        raise error

    monkeypatch.setattr(ray, "init", fails)
    sink = Sink(LocalParts(Path("chunks")))
    with pytest.raises(RunError, match="Ray did not start") as told, ray_crew(FakeEngine, sink, 1):
        pass
    return told.value


def test_a_cluster_that_cannot_be_reached_may_want_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "ray.internal:6379")
    told = problem(ConnectionError("Failed to connect to Ray cluster"), monkeypatch)
    assert "Failed to connect" in told.problem
    assert "RAY_ADDRESS" in str(told.fix)
    assert "RAY_AUTH_MODE=token" in str(told.fix)


def test_a_token_that_is_asked_for_but_not_found_is_told_in_one_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = ray.exceptions.AuthenticationError("no authentication token was found")
    told = problem(missing, monkeypatch)
    assert told.problem == "Ray did not start: no authentication token was found"
    assert "~/.ray/auth_token" in str(told.fix)


def test_on_this_machine_alone_no_address_or_token_is_to_blame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert problem(RuntimeError("no memory is left"), monkeypatch).fix is None
