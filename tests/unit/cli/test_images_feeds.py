"""The picture commands on feeds: whose pictures they are, which are known, which are repeated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

pytest.importorskip("pdqhash")
pytest.importorskip("httpcore2")

from shelfguard.cli.main import app
from shelfguard.images.hashes.hashed_picture import HashedPicture, ListingPlace, read_hashes
from tests.unit.images.drawing import canvas, compressed, scene
from tests.unit.images.fetch.site import reply, serve

FEED = """id,title,seller_id,image_link,additional_image_link
mug,A mug,s1,a.png,plain.png
cup,A cup,s1,a_again.jpg,
jar,A jar,s2,a.png,b.png
pot,A pot,,b.png,gone.png
lid,A lid,s2,,
,,s2,a.png,
"""


def run(*arguments: str | Path | int) -> Result:
    return CliRunner().invoke(app, ["images", *(str(argument) for argument in arguments)])


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """Five listings whose pictures lie beside the feed, and a row that is none."""
    folder = tmp_path / "feed"
    folder.mkdir()
    scene(seed=1).save(folder / "a.png")
    compressed(scene(seed=1), 40).save(folder / "a_again.jpg", quality=60)
    scene(seed=2).save(folder / "b.png")
    canvas()[0].save(folder / "plain.png")
    (folder / "feed.csv").write_text(FEED, "utf-8")
    return folder / "feed.csv"


def told(*arguments: str | Path) -> Any:
    """What a command answers to machines."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pictures and readings are kept, unless a test says otherwise."""
    monkeypatch.setattr("shelfguard.cli.images_input.CACHE", tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def table(tmp_path: Path, feed: Path) -> Path:
    told("index", feed, "--out", tmp_path / "hashes.parquet")
    return tmp_path / "hashes.parquet"


@pytest.fixture
def bank(tmp_path: Path, feed: Path) -> Path:
    """A bank that knows the second scene."""
    folder = tmp_path / "bank"
    run("bank", "create", folder, "--name", "known", "--supplier", "us", "--terms", "ours")
    run("bank", "add", folder, feed.parent / "b.png")
    return folder


def at(hashed: HashedPicture) -> ListingPlace:
    assert hashed.at
    return hashed.at


def listings(groups: list[dict[str, Any]]) -> list[list[str]]:
    return [[picture["listing"] for picture in group["pictures"]] for group in groups]


def test_a_feeds_pictures_are_indexed_with_their_listing_seller_and_place(table: Path) -> None:
    rows = list(read_hashes(table))
    assert [(at(row).listing, at(row).seller, at(row).place, row.picture) for row in rows] == [
        ("mug", "s1", 0, "a.png"),
        ("mug", "s1", 1, "plain.png"),
        ("cup", "s1", 0, "a_again.jpg"),
        ("jar", "s2", 0, "a.png"),
        ("jar", "s2", 1, "b.png"),
        ("pot", None, 0, "b.png"),
        ("pot", None, 1, "gone.png"),
    ]
    assert [row.hash is None for row in rows] == [False] * 6 + [True]
    assert rows[-1].problem == "There is no file 'gone.png'"
    assert rows[0].sha256 == rows[3].sha256


def test_all_rows_of_a_feed_are_accounted_for(tmp_path: Path, feed: Path) -> None:
    counts = told("index", feed, "--out", tmp_path / "hashes.parquet")
    assert (counts["listings"], counts["quarantined"]) == (5, 1)
    assert (counts["hashed"], counts["low_quality"], counts["unread"]) == (6, 1, 1)
    assert (counts["without_pictures"], counts["without_seller"]) == (1, 2)
    assert counts["problems"] == [
        "feed.csv:7: field 'title': has no title",
        "pot: gone.png: There is no file 'gone.png'",
    ]


def test_a_person_reads_the_same_counts(tmp_path: Path, feed: Path) -> None:
    shown = run("index", feed, "--out", tmp_path / "hashes.parquet")
    assert shown.exit_code == 0, shown.output
    assert "Listings 5, 1 without a picture; quarantined 1." in shown.stdout
    assert "Hashed 6 pictures, 1 of a quality below 50; unread 1." in shown.stdout


def test_pictures_may_lie_in_a_folder_of_their_own(tmp_path: Path, feed: Path) -> None:
    moved = feed.rename(tmp_path / "feed.csv")
    said = ("--out", tmp_path / "hashes.parquet")
    assert told("index", moved, *said)["hashed"] == 0
    assert told("index", moved, *said, "--image-root", feed.parent)["hashed"] == 6


def test_a_picture_is_hashed_once_and_its_reading_kept(
    tmp_path: Path, feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ("index", feed, "--out", tmp_path / "hashes.parquet", "--image-cache", tmp_path / "kept")
    first = told(*said)
    monkeypatch.setattr("shelfguard.images.hash_detector.hash_of", None)
    assert told(*said) == first
    assert not (tmp_path / "cache").exists()


def test_pictures_come_from_the_public_web_and_from_where_it_is_allowed(
    tmp_path: Path, feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve() as site:
        monkeypatch.setattr("shelfguard.images.fetch.addresses.WEB_PORTS", frozenset({site.port}))
        url = site.on("/a.png", reply(body=(feed.parent / "a.png").read_bytes()))
        (tmp_path / "web.csv").write_text(f"id,title,image_link\n1,A mug,{url}\n", "utf-8")
        said = ("index", tmp_path / "web.csv", "--out", tmp_path / "hashes.parquet")
        assert told(*said)["unread"] == 1
        assert told(*said, "--allow", "127.0.0.1")["hashed"] == 1


def test_a_feed_of_its_own_shape_is_read_with_a_mapping(tmp_path: Path, feed: Path) -> None:
    lines = "Nummer;Bezeichnung;Foto\n1;Tasse;a.png\n"
    (feed.parent / "odd.csv").write_text(lines, "utf-8")
    columns = "columns: {Nummer: id, Bezeichnung: title, Foto: images}\n"
    (tmp_path / "mapping.yaml").write_text(columns, "utf-8")
    said = ("--out", tmp_path / "odd.parquet", "--mapping", tmp_path / "mapping.yaml")
    assert told("index", feed.parent / "odd.csv", *said)["hashed"] == 1


@pytest.mark.parametrize("source", ["feed", "table"])
def test_a_known_picture_is_named_with_its_listing(
    request: pytest.FixtureRequest, source: str, bank: Path
) -> None:
    path = request.getfixturevalue(source)
    known = told("match", path, "--bank", bank)["known"]
    found = [(each["listing"], each["seller"], each["place"], each["picture"]) for each in known]
    assert found == [("jar", "s2", 1, "b.png"), ("pot", None, 0, "b.png")]
    assert known[0]["matches"] == [{"bank": "known", "entry": 1, "distance": 0}]
    shown = run("match", path, "--bank", bank)
    assert "pot" in shown.stdout
    assert "Known: 2." in shown.stdout


@pytest.mark.parametrize("source", ["feed", "table"])
def test_the_same_picture_on_several_listings_is_found(
    request: pytest.FixtureRequest, source: str
) -> None:
    groups = told("repeated", request.getfixturevalue(source))["groups"]
    assert listings(groups) == [["mug", "jar", "cup"], ["jar", "pot"]]
    assert [(each["listings"], each["sellers"]) for each in groups] == [(3, 2), (2, 1)]
    assert 0 < groups[0]["bits_apart"] <= 31
    assert groups[1]["bits_apart"] == 0


def test_only_one_sellers_own_listings_may_count(table: Path) -> None:
    assert listings(told("repeated", table, "--same-seller")["groups"]) == [["mug", "cup"]]
    shown = run("repeated", table, "--same-seller")
    assert "Groups: 1. Left out 2 of unknown sellers." in shown.stdout


def test_a_placeholder_is_not_repeated(table: Path, bank: Path) -> None:
    groups = told("repeated", table, "--placeholders", bank)["groups"]
    assert listings(groups) == [["mug", "jar", "cup"]]


def test_finding_some_is_no_failure_unless_asked(table: Path, bank: Path) -> None:
    shown = run("repeated", table)
    assert shown.exit_code == 0
    assert "mug, jar, cup" in shown.stdout
    assert "Groups: 2." in shown.stdout
    failed = run("repeated", table, "--fail-on-found")
    assert failed.exit_code == 7
    assert "found 2 groups, and --fail-on-found was given" in failed.stderr


def test_nothing_repeated_fails_nothing(feed: Path) -> None:
    (feed.parent / "one.csv").write_text("id,title,image_link\n1,A mug,a.png\n", "utf-8")
    assert told("repeated", feed.parent / "one.csv", "--fail-on-found")["groups"] == []


def test_the_largest_groups_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    rows = ["id,title,image_link"]
    for seed in range(22):
        scene(100, 100, seed=seed).save(tmp_path / f"{seed}.png")
        rows += [f"{seed}-{n},Thing {seed},{seed}.png" for n in range(7 if seed == 21 else 2)]
    (tmp_path / "feed.csv").write_text("\n".join(rows), "utf-8")
    shown = run("repeated", tmp_path / "feed.csv").stdout
    assert "and 2 more" in shown
    assert "21-5" not in shown
    assert "2 more groups are in --json." in shown


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("index", "TABLE", "--out", "x.parquet"), 8, "is a table of hashes already"),
        (("repeated", "FOLDER"), 8, "stands on no listing"),
        (("repeated", "nothing.csv"), 8, "nothing.csv: no such file or folder"),
        (("index", "NOTES", "--out", "x.parquet"), 3, "has no title column"),
        (("index", "FEED", "--out", "x.parquet", "--allow", "a b"), 1, "field 'allow'"),
        (("repeated", "FEED", "--placeholders", "nothing"), 8, "nothing/bank.json"),
    ],
)
def test_a_mistake_ends_with_one_message(
    tmp_path: Path, feed: Path, table: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "notes.txt").write_text("no feed", "utf-8")
    paths = {"FEED": feed, "TABLE": table, "FOLDER": feed.parent, "NOTES": tmp_path / "notes.txt"}
    result = run(*(paths.get(each, each) for each in arguments))
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not Path("x.parquet").exists()
