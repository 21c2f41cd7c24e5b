"""Feed and output in an object store: a real S3 server, with every engine that can be here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shelfguard.decision import VOLATILE_COLUMNS
from shelfguard.errors import StoreError
from shelfguard.objects import place
from shelfguard.policy.load import load_pack
from shelfguard.run.crew import EngineName
from shelfguard.run.local import Options, Progress, scan
from tests.engines.dying import DyingOnce
from tests.engines.feeds import decide, plain_files, three_files
from tests.servers.s3 import environment, s3_server
from tests.slow import slow
from tests.unit.run.fake_engine import FakeEngine

BUCKET = "s3://catalog"
CHUNK = 5

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.*")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", str(CHUNK))


def end_spark() -> None:
    """End the Java process of earlier tests: Spark's workers have the environment of its start."""
    pyspark = pytest.importorskip("pyspark")
    if gateway := pyspark.SparkContext._gateway:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()
        pyspark.SparkContext._gateway = pyspark.SparkContext._jvm = None


@pytest.fixture(autouse=True, scope="module")
def _store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A server with an empty bucket, which clients find by the environment."""
    s3fs = pytest.importorskip("s3fs", reason="needs the extra 'cloud'")
    with pytest.MonkeyPatch.context() as patch, s3_server(tmp_path_factory.mktemp("s3")) as server:
        for name, value in environment(server).items():
            patch.setenv(name, value)
        # Clients of an earlier test's server are kept by their settings, which do not name it.
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("catalog")
        yield
        s3fs.S3FileSystem.clear_instance_cache()


def upload(files: list[Path], folder: str) -> str:
    """Put files under a folder of the bucket; gives its URL."""
    url = f"{BUCKET}/{folder}"
    for file in files:
        (place(url) / file.name).put_file(file)
    return url


def read(url: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Decisions and quarantined rows of a finished scan, by the names in its record."""
    record = json.loads((place(url) / "run.json").read())
    names = [file["name"] for file in record["files"]]
    tables = [
        pq.read_table(pa.BufferReader((place(url) / name).read()))
        for name in names
        if name.startswith("decisions/")
    ]
    decisions = pa.concat_tables(tables).drop_columns([*VOLATILE_COLUMNS, "source_uri"])
    bad = [(place(url) / name).read() for name in names if name.startswith("quarantine/")]
    return decisions.to_pylist(), [json.loads(line) for line in b"".join(bad).splitlines()]


def read_local(out: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    decisions = pq.read_table(out / "decisions.parquet")
    lines = (out / "quarantine.jsonl").read_text().splitlines()
    stable = decisions.drop_columns([*VOLATILE_COLUMNS, "source_uri"])
    return stable.to_pylist(), [json.loads(line) for line in lines]


ENGINES = [
    "local",
    pytest.param("ray", marks=slow),
    pytest.param("spark", marks=slow),
]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_feed_in_a_bucket_is_decided_into_a_bucket(tmp_path: Path, engine: EngineName) -> None:
    pytest.importorskip("ray")
    if engine == "spark":
        end_spark()
    files, pack = three_files(tmp_path / "feed"), load_pack("ca-marketplace")
    url, out = upload(files, f"feed-{engine}"), f"{BUCKET}/out-{engine}"
    record = decide(Options(f"{url}/*.csv", out, engine=engine, workers=2), pack)
    decide(Options(files, tmp_path / "local"), pack)
    assert read(out) == read_local(tmp_path / "local")
    assert [feed["uri"] for feed in record["feeds"]] == [f"{url}/{n}.csv" for n in range(3)]
    named = {file["name"] for file in record["files"]}
    assert set(place(out).names("decisions/")) == {n for n in named if n.startswith("decisions/")}


def test_an_interrupted_run_goes_on_in_the_bucket(tmp_path: Path) -> None:
    files, pack = plain_files(tmp_path / "feed", files=2, rows=20), load_pack("ca-marketplace")
    out, counting = f"{BUCKET}/resumed", FakeEngine()

    def stop(progress: Progress) -> None:
        if progress.counts.read >= 25:
            raise KeyboardInterrupt

    asked = Options(files, out)
    with pytest.raises(KeyboardInterrupt):
        scan(asked, pack, FakeEngine, publish=lambda *_: None, watch=stop)
    assert not (place(out) / "run.json").exists()
    record = decide(Options(files, out, resume=True), pack, lambda: counting)
    assert (record["counts"]["read"], counting.batches) == (40, 3)
    decide(Options(files, tmp_path / "local"), pack, FakeEngine)
    assert read(out) == read_local(tmp_path / "local")


@slow
def test_an_actor_killed_while_it_writes_to_a_bucket_changes_nothing(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    files, pack = plain_files(tmp_path / "feed", files=2, rows=20), load_pack("ca-marketplace")
    build = partial(DyingOnce, listing_id="1-7", mark=tmp_path / "died")
    decide(Options(files, f"{BUCKET}/killed", engine="ray", workers=2), pack, build)
    decide(Options(files, tmp_path / "local"), pack, FakeEngine)
    assert (tmp_path / "died").exists()
    assert read(f"{BUCKET}/killed") == read_local(tmp_path / "local")


def test_a_delta_table_in_a_bucket_names_the_same_decisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deltalake = pytest.importorskip("deltalake", reason="needs the extra 'delta'")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    files, out = plain_files(tmp_path / "feed", files=2, rows=20), f"{BUCKET}/table"
    decide(Options(files, out, table="delta"), load_pack("ca-marketplace"), FakeEngine)
    table = deltalake.DeltaTable(f"{out}/decisions").to_pyarrow_table()
    expected = [row["listing_id"] for row in read(out)[0]]
    assert sorted(table["listing_id"].to_pylist()) == sorted(expected)


def test_a_missing_bucket_is_told(tmp_path: Path) -> None:
    asked, pack = Options("s3://nobody/feed/*.csv", tmp_path / "out"), load_pack("ca-marketplace")
    with pytest.raises(StoreError, match="no such bucket"):
        decide(asked, pack, FakeEngine)
