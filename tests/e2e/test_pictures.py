"""The example feed with pictures: what a scan sees, and that every sight holds."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

pytest.importorskip("zxingcpp", reason="needs the extra 'vision'")

from shelfguard.cli.main import app
from shelfguard.images.masks import Mask

EXAMPLES = Path(__file__).parents[2] / "examples"

Row = dict[str, Any]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scan of the examples, once for all tests."""
    room = tmp_path_factory.mktemp("pictures")
    feed, table, cache = str(EXAMPLES / "pictures.csv"), str(room / "table"), str(room / "cache")
    for arguments in (
        ["images", "index", feed, "--out", table],
        ["scan", feed, "--out", str(room / "out"), "--images", "--catalog", table, "--quiet"],
    ):
        found = CliRunner().invoke(app, [*arguments, "--image-cache", cache])
        assert found.exit_code == 0, found.output
    return room / "out"


@pytest.fixture(scope="module")
def decisions(out: Path) -> dict[str, Row]:
    rows = pq.read_table(out / "decisions.parquet").to_pylist()
    return {row["listing_id"]: row for row in rows}


def expected() -> list[Row]:
    with (EXAMPLES / "pictures_expected.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", expected(), ids=lambda row: f"{row['id']} {row['expected']}")
def test_each_listing_is_decided_as_its_picture_asks(decisions: dict[str, Row], row: Row) -> None:
    decision, want = decisions[row["id"]], row["expected"]
    cited = {reason["clause"] for reason in decision["reasons"]}
    if want == "allow":
        assert cited <= set(row["also"].split("|"))
        assert cited or decision["outcome"] == "allow"
    elif want.startswith("degraded:"):
        reason = want.removeprefix("degraded:")
        assert [line.split(": ")[1] for line in decision["degraded"]] == [reason]
        assert decision["outcome"] == "review"
    elif want.startswith("missed:"):
        assert cited <= {want.removeprefix("missed:"), *row["also"].split("|")}
    else:
        assert want in cited
        assert cited <= {want, *row["also"].split("|")}


def evidence(decisions: dict[str, Row]) -> list[tuple[Row, Row]]:
    return [
        (row, piece)
        for row in decisions.values()
        for reason in row["reasons"]
        for piece in reason["evidence"]
        if piece["kind"] in ("region", "mask", "match")
    ]


def test_every_box_lies_in_its_picture_and_every_mask_decodes(decisions: dict[str, Row]) -> None:
    found = evidence(decisions)
    assert {piece["kind"] for _, piece in found} >= {"region", "mask"}
    for row, piece in found:
        assert piece["picture"] in {seen["sha256"] for seen in row["pictures"]}
        if piece["box"]:
            left, top, right, bottom = piece["box"]
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
        if piece["mask"]:
            height, width = piece["mask"]["size"]
            region = Mask(height, width, tuple(piece["mask"]["counts"])).region()
            assert region.shape == (height, width)
            assert region.any()


def test_what_was_read_in_a_picture_is_quoted(decisions: dict[str, Row]) -> None:
    quotes = [piece["quote"] for _, piece in evidence(decisions) if piece["quote"]]
    assert any("514 276-8899" in quote for quote in quotes)
    assert any("wa.me" in quote for quote in quotes)


@pytest.mark.parametrize("listing_id", ["pic-014", "pic-018", "pic-034", "pic-001"])
def test_a_replay_decides_alike(out: Path, decisions: dict[str, Row], listing_id: str) -> None:
    found = CliRunner().invoke(app, ["replay", str(out), listing_id])
    assert found.output.strip() == "identical"
