"""What a server says of itself, and how it changes its pack while it serves."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from shelfguard.policy.load import load_pack
from tests.unit.serve.running import BOTTLE, LISTING, Api, running


def test_it_names_its_pack_with_clauses_and_models_with_digests(api: Api) -> None:
    pack = load_pack("ca-marketplace")
    (found,) = api.http.get("/v1/packs").json()["packs"]
    assert found["label"] == pack.label
    clauses = api.http.get(f"/v1/packs/{found['id']}").json()["clauses"]
    assert [clause["id"] for clause in clauses] == list(pack.clauses)
    assert any(clause["thresholds"]["review"] for clause in clauses)
    models = api.http.get("/v1/models").json()["models"]
    assert {model["name"]: model["sha256"] for model in models} == {
        model.name: model.sha256 for model in pack.manifest.models
    }


def test_another_pack_is_not_found(api: Api) -> None:
    assert api.http.get("/v1/packs/other").status_code == 404


def test_metrics_count_requests_decisions_and_time_by_stage(api: Api) -> None:
    api.decide(LISTING)
    text = api.http.get("/metrics").text
    assert 'shelfguard_requests_total{route="/v1/decisions",status="200"}' in text
    assert 'shelfguard_decisions_total{outcome="review"}' in text
    assert 'shelfguard_stage_seconds_total{stage="encoder"}' in text
    assert 'shelfguard_waiting_rows{lane="quick"} 0.0' in text


def test_a_pack_is_swapped_while_requests_go_on(tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(load_pack("ca-marketplace").root, copy)
    manifest = copy / "pack.yaml"
    manifest.write_text(manifest.read_text().replace("version: 0.1.0", "version: 0.2.0"))
    with running(tmp_path) as api:
        done, statuses = threading.Event(), set[int]()

        def ask() -> None:
            while not done.is_set():
                statuses.add(api.decide(BOTTLE).status_code)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        answer = api.http.post("/v1/admin/reload", json={"pack": str(copy)})
        done.set()
        for thread in threads:
            thread.join()
        assert answer.json()["before"].startswith("ca-marketplace@0.1.0")
        assert answer.json()["now"].startswith("ca-marketplace@0.2.0")
        assert statuses == {200}
        assert api.decide(BOTTLE).json()["pack"] == answer.json()["now"]


def test_a_pack_that_cannot_be_loaded_changes_nothing(api: Api) -> None:
    before = api.http.get("/version").json()
    answer = api.http.post("/v1/admin/reload", json={"pack": "no-such-pack"})
    assert answer.status_code == 409
    assert answer.json()["title"] == "Cannot be loaded"
    assert api.http.get("/version").json() == before
