"""A server that looks at pictures: only at those that its operator lets in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("zxingcpp", reason="needs the extra 'vision'")

from shelfguard.engine.picture_source import PictureSource
from tests.unit.serve.running import Api, running

EXAMPLES = Path(__file__).parents[3] / "examples"

HEADPHONES = {
    "id": "pic",
    "title": "Wireless headphones, over-ear, black",
    "description": "Forty hours of playback, folds flat, with a cable for the aeroplane.",
    "category": "Electronics > Headphones",
    "price": 89.0,
    "currency": "CAD",
}


@pytest.fixture(scope="module")
def seeing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server that may read the pictures of the examples."""
    folder = tmp_path_factory.mktemp("seeing")
    images = PictureSource(roots=(EXAMPLES,), cache=folder / "cache")
    with running(folder, images=images) as api:
        yield api


def decide(api: Api, picture: str) -> dict[str, Any]:
    answer = api.decide(HEADPHONES | {"images": [picture]})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def quotes(decision: dict[str, Any]) -> str:
    pieces = [piece for reason in decision["reasons"] for piece in reason["evidence"]]
    return " ".join(piece["quote"] or "" for piece in pieces if piece["kind"] == "region")


def test_what_is_written_in_a_picture_is_quoted_under_its_clause(seeing: Api) -> None:
    decision = decide(seeing, "pictures/headphones_offer.jpg")
    assert "MKT-IMG-002" in {reason["clause"] for reason in decision["reasons"]}
    assert "SHIPPING" in quotes(decision)
    assert decision["degraded"] == []


def test_the_words_alone_of_the_same_listing_pass(seeing: Api) -> None:
    assert seeing.decide(HEADPHONES).json()["outcome"] == "allow"


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        ("../README.md", "outside-root"),
        ("/etc/passwd", "outside-root"),
        ("file:///etc/passwd", "outside-root"),
        ("pictures/../../README.md", "outside-root"),
        ("pictures/no-such.jpg", "not-found"),
        ("http://127.0.0.1/secret.png", "private-address"),
        ("http://169.254.169.254/latest/meta-data", "private-address"),
        ("ftp://example.org/a.png", "unsupported-scheme"),
    ],
)
def test_a_picture_that_may_not_be_looked_at_sends_its_listing_to_a_person(
    seeing: Api, picture: str, reason: str
) -> None:
    decision = decide(seeing, picture)
    assert [line.split(": ")[1] for line in decision["degraded"]] == [reason]
    assert decision["outcome"] == "review"


def test_a_server_that_was_named_no_folder_reads_no_file(tmp_path: Path) -> None:
    with running(tmp_path, images=PictureSource(cache=tmp_path / "cache")) as api:
        decision = decide(api, str(EXAMPLES / "pictures" / "headphones_offer.jpg"))
    assert [line.split(": ")[1] for line in decision["degraded"]] == ["outside-root"]
    assert decision["outcome"] == "review"


def test_a_picture_that_changed_where_it_lies_is_looked_at_again(tmp_path: Path) -> None:
    shown = tmp_path / "shown.jpg"
    images = PictureSource(roots=(tmp_path,), cache=tmp_path / "cache")
    found = []
    with running(tmp_path, images=images, cache=True) as api:
        for picture in ("jar.jpg", "headphones_offer.jpg"):
            shown.write_bytes((EXAMPLES / "pictures" / picture).read_bytes())
            found.append(quotes(decide(api, "shown.jpg")))
    assert "SHIPPING" not in found[0]
    assert "SHIPPING" in found[1]
