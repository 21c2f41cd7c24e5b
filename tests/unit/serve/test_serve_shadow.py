"""A challenger beside the champion."""

from __future__ import annotations

import multiprocessing
import shutil
from pathlib import Path

import pytest

from shelfguard.engine.picture_source import PictureSource
from shelfguard.policy.load import load_pack
from tests.unit.serve.lexicon_pack import KNUCKLES, MUG, lexicon_pack
from tests.unit.serve.running import BOTTLE, LISTING, Api, running
from tests.waiting import wait_until

EXAMPLES = Path(__file__).parents[3] / "examples"
SIGNS = {
    "id": "pic",
    "title": "Wireless headphones, over-ear, black",
    "images": ["pictures/headphones_offer.jpg"],
}
"""A listing that nothing but its picture speaks against."""


def without_weapons(folder: Path) -> str:
    """A copy of the pack that shipped, whose clauses about weapons hold elsewhere."""
    shutil.copytree(load_pack("ca-marketplace").root, folder)
    for clause in (folder / "clauses").glob("CA-WPN-*.yaml"):
        text = clause.read_text()
        clause.write_text(text.replace("markets: [CA]", "markets: [FR]"))
    return str(folder)


def test_what_a_challenger_would_decide_otherwise_is_kept(tmp_path: Path) -> None:
    champion = lexicon_pack(tmp_path / "champion")
    challenger = lexicon_pack(tmp_path / "challenger", words="stoneware mug")
    with running(tmp_path, pack=champion, challenger_pack=challenger) as api:
        decided = api.decide({"listings": [KNUCKLES, BOTTLE]}).json()["decisions"]
        wait_until(lambda: bool(api.http.get("/v1/shadow").json()["latest"]), 120)
        found = api.http.get("/v1/shadow").json()
    assert found["changes"] == [{"champion": "review", "challenger": "allow", "decisions": 1}]
    (difference,) = found["latest"]
    assert difference["decision"] == decided[0]["id"]
    assert difference["reasons"]["champion"][0]["clause"] == "CA-WPN-001"


def test_a_challenger_sees_the_pictures_that_the_champion_sees(tmp_path: Path) -> None:
    pytest.importorskip("zxingcpp", reason="needs the extra 'vision'")
    images = PictureSource(roots=(EXAMPLES,), cache=tmp_path / "cache")
    pack = without_weapons(tmp_path / "pack")
    with running(tmp_path, challenger_pack=pack, images=images) as api:
        seen, armed = api.decide({"listings": [SIGNS, LISTING]}).json()["decisions"]
        assert "MKT-IMG-002" in {reason["clause"] for reason in seen["reasons"]}
        wait_until(lambda: bool(api.http.get("/v1/shadow").json()["latest"]), 120)
        found = api.http.get("/v1/shadow").json()["latest"]
    assert [each["decision"] for each in found] == [armed["id"]]


def test_a_challenger_whose_process_dies_gets_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shelfguard.serve.background.PAUSE_SECONDS", 0.05)
    champion = lexicon_pack(tmp_path / "champion")
    challenger = lexicon_pack(tmp_path / "challenger", words="stoneware mug")
    before = set(multiprocessing.active_children())
    with running(tmp_path, pack=champion, challenger_pack=challenger) as api:

        def differs(number: int) -> bool:
            """Whether the challenger has told of this listing, which is asked for once more."""
            decision = api.decide(MUG | {"id": f"mug-{number}"}).json()["id"]
            latest = api.http.get("/v1/shadow").json()["latest"]
            return decision in {difference["decision"] for difference in latest}

        wait_until(lambda: differs(1), 120)
        (process,) = set(multiprocessing.active_children()) - before
        process.kill()
        wait_until(lambda: differs(2), 120)
        metrics = api.http.get("/metrics").text
    assert 'shelfguard_background_failures_total{work="challenger"} 1.0' in metrics
    assert "shelfguard_shadow_missed_total 1.0" in metrics


def test_without_a_challenger_there_is_nothing_to_compare(api: Api) -> None:
    assert api.http.get("/v1/shadow").status_code == 404
