"""Ray Data decides what the local engine decides, whatever dies on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from shelfguard.config import quiet_engines
from shelfguard.errors import FeedError, ModelError
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.run.folder import Folder
from shelfguard.run.local import Options, Progress, scan
from tests.engines.dying import DyingOnce
from tests.engines.feeds import decide, local_result, plain_files, result, three_files
from tests.engines.killing import kill_in_the_middle
from tests.slow import slow
from tests.unit.run.fake_engine import FakeEngine, SlowEngine

quiet_engines()
ray = pytest.importorskip("ray", reason="needs the extra 'ray'")

# Ray warns of settings of its own.
pytestmark = [slow, pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.*")]

CHUNK = 5


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", str(CHUNK))


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """One Ray for tests that do not end it; it takes a while to start."""
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("ca-marketplace")


def options(feed: list[Path], out: Path) -> Options:
    return Options(feed, out, engine="ray", workers=2)


@pytest.mark.usefixtures("cluster")
def test_decisions_are_those_of_the_local_engine(tmp_path: Path, pack: Pack) -> None:
    feed = three_files(tmp_path / "feed")
    record = decide(options(feed, tmp_path / "ray"), pack)
    assert result(tmp_path / "ray") == local_result(feed, tmp_path / "local")
    assert (record["counts"]["read"], record["counts"]["quarantined"]) == (61, 1)
    assert len(result(tmp_path / "ray")[0]) == 60


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("committed", [False, True], ids=["before", "after its commit"])
def test_a_killed_actor_changes_nothing(tmp_path: Path, pack: Pack, committed: bool) -> None:
    feed, out = plain_files(tmp_path / "feed", files=2, rows=50), tmp_path / "ray"
    part = Folder(out).chunks.path(4) if committed else None
    build = partial(DyingOnce, listing_id="0-22", mark=tmp_path / "died", part=part)
    record = decide(options(feed, out), pack, build)
    assert (tmp_path / "died").exists()
    assert record["counts"]["read"] == 100
    assert result(out) == local_result(feed, tmp_path / "local", FakeEngine)


@pytest.mark.usefixtures("cluster")
def test_progress_is_told_chunk_by_chunk(tmp_path: Path, pack: Pack) -> None:
    feed, seen = plain_files(tmp_path / "feed", files=1, rows=50), list[int]()

    def watch(progress: Progress) -> None:
        seen.append(progress.counts.read)

    asked = options(feed, tmp_path / "out")
    scan(asked, pack, FakeEngine, publish=lambda *_: None, watch=watch)
    assert seen == list(range(CHUNK, 50 + CHUNK, CHUNK))


@pytest.mark.usefixtures("cluster")
def test_what_a_worker_cannot_do_is_told_as_the_local_engine_does(
    tmp_path: Path, pack: Pack
) -> None:
    feed = plain_files(tmp_path / "feed", files=1, rows=5)
    (tmp_path / "empty.csv").write_text("id,title\n")
    with pytest.raises(FeedError, match=r"empty\.csv: has no rows"):
        decide(options([*feed, tmp_path / "empty.csv"], tmp_path / "a"), pack, FakeEngine)
    with pytest.raises(ModelError, match="digest differs"):
        decide(options(feed, tmp_path / "b"), pack, broken_engine)
    assert list((tmp_path / "b").iterdir()) == []


def broken_engine() -> FakeEngine:
    raise ModelError("digest differs", file="student.npz", fix="Fetch it again.")


def test_a_killed_driver_is_resumed_without_loss_or_repetition(tmp_path: Path, pack: Pack) -> None:
    feed, out = plain_files(tmp_path / "feed", files=2, rows=200), tmp_path / "ray"
    before = kill_in_the_middle("ray", feed, out)
    assert 0 < len(before) < 2 * 200 / CHUNK
    decide(replace(options(feed, out), resume=True), pack, FakeEngine)
    assert result(out) == local_result(feed, tmp_path / "local", FakeEngine)


def test_a_lost_node_changes_nothing(tmp_path: Path, pack: Pack) -> None:
    from ray.cluster_utils import Cluster

    ray.shutdown()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    ray.init(address=cluster.address, log_to_driver=False)
    feed, out = plain_files(tmp_path / "feed", files=4, rows=100), tmp_path / "ray"

    def watch(progress: Progress) -> None:
        if progress.counts.read > 100 and nodes:
            cluster.remove_node(nodes.pop(0), allow_graceful=False)
            nodes.clear()

    try:
        asked = replace(options(feed, out), workers=3)
        record = scan(asked, pack, SlowEngine, publish=lambda *_: None, watch=watch)
    finally:
        ray.shutdown()
        cluster.shutdown()
    assert not nodes
    assert record["counts"]["read"] == 400
    assert result(out) == local_result(feed, tmp_path / "local", FakeEngine)
