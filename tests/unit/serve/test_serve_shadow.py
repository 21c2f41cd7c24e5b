"""A challenger beside the champion."""

from __future__ import annotations

import shutil
from pathlib import Path

from shelfguard.policy.load import load_pack
from tests.unit.serve.running import BOTTLE, LISTING, running
from tests.waiting import wait_until


def test_what_a_challenger_would_decide_otherwise_is_kept(tmp_path: Path) -> None:
    copy = tmp_path / "without-weapons"
    shutil.copytree(load_pack("ca-marketplace").root, copy)
    for clause in (copy / "clauses").glob("CA-WPN-*.yaml"):
        text = clause.read_text()
        clause.write_text(text.replace("markets: [CA]", "markets: [FR]"))
    with running(tmp_path, challenger_pack=str(copy)) as api:
        decided = api.decide({"listings": [LISTING, BOTTLE]}).json()["decisions"]
        wait_until(lambda: bool(api.http.get("/v1/shadow").json()["latest"]), 120)
        found = api.http.get("/v1/shadow").json()
    assert found["changes"] == [{"champion": "review", "challenger": "allow", "decisions": 1}]
    (difference,) = found["latest"]
    assert difference["decision"] == decided[0]["id"]
    assert difference["reasons"]["champion"][0]["clause"] == "CA-WPN-003"


def test_without_a_challenger_there_is_nothing_to_compare(tmp_path: Path) -> None:
    with running(tmp_path) as api:
        assert api.http.get("/v1/shadow").status_code == 404
