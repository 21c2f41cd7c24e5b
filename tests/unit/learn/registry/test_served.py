"""Scans with registered models: what they record, and how they hold to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.unit.learn.registry.cascades import documented, make_cascade, make_pack, quiet, sha256

pytest.importorskip("mlflow")
pytest.importorskip("cyclonedx")

import pyarrow.parquet as pq

from shelfguard.cli import model_registry
from shelfguard.cli.main import Messages, app
from shelfguard.decision import VOLATILE_COLUMNS
from shelfguard.learn.registry import fetch
from shelfguard.learn.registry.registry import CHALLENGER, CHAMPION, Registry
from shelfguard.policy.pack import Pack
from shelfguard.run import local

pytestmark = quiet

URI = "mlflow:models:/tiny@champion"
TITLES = ["Solid brass knuckles", "Ring of brass", "HDMI cable", "Wool socks"]

models = typer.Typer(cls=Messages)
for name in ("register", "promote", "rollback", "card", "history"):
    models.command(name)(getattr(model_registry, name))


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return make_pack(tmp_path / "pack")


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    file = tmp_path / "feed.csv"
    rows = [f"sku-{n},{title}" for n, title in enumerate(TITLES)]
    file.write_text("\n".join(["id,title", *rows]) + "\n")
    return file


@pytest.fixture
def registry(tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    monkeypatch.setattr(fetch, "DEFAULT_CACHE", tmp_path / "cache")
    return Registry()


@pytest.fixture
def lenient(tmp_path: Path, pack: Pack) -> Path:
    return documented(make_cascade(tmp_path / "lenient"), pack)


@pytest.fixture
def strict(tmp_path: Path, pack: Pack) -> Path:
    """The same student, calibrated so that it flags more."""
    return documented(make_cascade(tmp_path / "strict", review=0.05, weight=1.0), pack)


def run(*arguments: object, code: int = 0, among: typer.Typer = app) -> Result:
    result = CliRunner().invoke(among, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def scan(feed: Path, out: Path, pack: Pack, *more: str, model: str | Path = URI) -> dict[str, Any]:
    run("scan", feed, "--out", out, "--pack", pack.root, "--model", model, "--quiet", *more)
    record: dict[str, Any] = json.loads((out / "run.json").read_text())
    return record


def decisions(out: Path) -> list[dict[str, Any]]:
    """All columns but times."""
    table = pq.read_table(out / "decisions.parquet").drop_columns(list(VOLATILE_COLUMNS))
    return list(table.to_pylist())


def test_a_scan_records_the_version_and_the_digests_behind_an_alias(
    registry: Registry, feed: Path, tmp_path: Path, pack: Pack, lenient: Path
) -> None:
    version = registry.register(lenient, CHAMPION)
    record = scan(feed, tmp_path / "out", pack)
    model = {"source": URI, "version": "tiny/1", "digest": version.digest}
    assert record["options"]["model"] == model
    assert record["models"] == [{"name": "student", "sha256": sha256(lenient / "student.npz")}]
    assert {row["outcome"] for row in decisions(tmp_path / "out")} == {"allow", "review"}


def test_a_folder_decides_as_its_registered_copy(
    registry: Registry, feed: Path, tmp_path: Path, pack: Pack, lenient: Path
) -> None:
    registry.register(lenient, CHAMPION)
    scan(feed, tmp_path / "registered", pack)
    record = scan(feed, tmp_path / "local", pack, model=lenient)
    assert record["options"]["model"]["source"] == str(lenient)
    assert decisions(tmp_path / "local") == decisions(tmp_path / "registered")


def test_rollback_restores_the_decisions_exactly(
    registry: Registry, feed: Path, tmp_path: Path, pack: Pack, lenient: Path, strict: Path
) -> None:
    common = ["--pack", pack.root, "--as", "ann"]
    unmeasured = ["--waive", "attack-recall", "--waive", "data-audit"]
    waive = [*unmeasured, "--because", "tiny"]
    run("register", lenient, among=models)
    run("promote", *common, *waive, among=models)
    scan(feed, tmp_path / "before", pack)
    run("register", strict, among=models)
    refused = run("promote", *common, *unmeasured, "--because", "x", code=9, among=models)
    assert "ordinary" in refused.output
    flagging = ["hard-negatives", "ordinary", "calibration", "average-precision", "latency"]
    for gate in flagging:
        waive += ["--waive", gate]
    run("promote", *common, *waive, among=models)
    scan(feed, tmp_path / "between", pack)
    run("rollback", *common, "--because", "complaints", among=models)
    scan(feed, tmp_path / "after", pack)
    assert decisions(tmp_path / "between") != decisions(tmp_path / "before")
    assert decisions(tmp_path / "after") == decisions(tmp_path / "before")
    table = run("history", "--pack", pack.root, among=models).output
    assert "rollback" in table
    assert "attack" in table
    shown = run("history", "--pack", pack.root, "--verify", "--json", among=models)
    told = [(entry["what"], entry["who"]) for entry in json.loads(shown.stdout)]
    assert told == [(what, "ann") for what in ("promotion", "refusal", "promotion", "rollback")]


def test_a_resumed_scan_holds_to_its_models_when_the_alias_moves(
    registry: Registry,
    feed: Path,
    tmp_path: Path,
    pack: Pack,
    lenient: Path,
    strict: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry.register(lenient, CHAMPION)
    scan(feed, tmp_path / "whole", pack)
    out = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(local.Run, "finish", _interrupted)
        command = ["scan", feed, "--out", out, "--pack", pack.root, "--model", URI]
        run(*command, code=130)
    moved = registry.register(strict, CHAMPION)
    record = scan(feed, out, pack, "--resume")
    assert record["options"]["model"]["version"] == "tiny/1"
    assert registry.version("tiny", CHAMPION) == moved
    assert decisions(out) == decisions(tmp_path / "whole")


def _interrupted(_: local.Run) -> dict[str, Any]:
    raise KeyboardInterrupt


def test_replay_holds_to_the_recorded_models(
    registry: Registry, feed: Path, tmp_path: Path, pack: Pack, lenient: Path, strict: Path
) -> None:
    registry.register(lenient, CHAMPION)
    out = tmp_path / "out"
    scan(feed, out, pack)
    registry.register(strict, CHAMPION)
    assert run("replay", out, "sku-0").output == "identical\n"
    for folder in (tmp_path / "cache" / "models").iterdir():
        folder.rename(tmp_path / f"lost-{folder.name}")
    lost = run("replay", out, "sku-0", code=5)
    assert "(tiny/1) is not here" in " ".join(lost.output.split())


def test_a_folder_that_changed_is_not_replayed(
    feed: Path, tmp_path: Path, pack: Pack, lenient: Path
) -> None:
    out = tmp_path / "out"
    scan(feed, out, pack, model=lenient)
    assert run("replay", out, "sku-0").output == "identical\n"
    (lenient / "calibration.json").write_text("{}")
    assert "expected SHA-256" in run("replay", out, "sku-0", code=5).output


def test_the_card_command_writes_and_checks(tmp_path: Path, pack: Pack) -> None:
    folder = make_cascade(tmp_path / "fresh")
    command = ["card", folder, "--pack", pack.root]
    run(*command, "--check", code=7, among=models)
    written = run(*command, among=models).output
    assert "README.md" in written
    assert "ml-bom.json" in written
    run(*command, "--check", among=models)
    assert json.loads(run(*command, "--json", among=models).stdout)["outdated"] == []


def test_register_tells_the_version_and_names_the_alias(registry: Registry, lenient: Path) -> None:
    told = run("register", lenient, "--json", among=models)
    version = registry.version("tiny", CHALLENGER)
    assert version is not None
    assert json.loads(told.stdout) == version.as_dict()
