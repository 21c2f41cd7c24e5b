"""The pictures of flagged listings on the page: thumbnails with marks, or why there are none."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PIL")
from shelfguard.report.page import write_report
from shelfguard.report.pictures import places
from tests.unit.report.drawn_pictures import CODE, OFFER, body, kettle, kettle_mask
from tests.unit.report.scan_folder import failed, pack, reason, region, store, write_folder

URI = "https://shop.example/a.jpg"


def listing(name: str = "A-1", *alts: str | None) -> dict[str, Any]:
    images = [{"uri": URI, "sha256": None, "role": None, "alt": alt} for alt in alts or (None,)]
    return {"id": name, "title": {"en": "Kettle"}, "images": images}


def page(out: Path, *reasons: dict[str, Any], seen: list[dict[str, Any]], lang: str = "en") -> str:
    write_folder(out, [(listing(), list(reasons))], pictures={"A-1": seen})
    return written(out, lang)


def written(out: Path, lang: str = "en") -> str:
    """The page up to its scripts."""
    html = write_report(out, pack(out / "pack"), lang).read_text(encoding="utf-8")
    return html.partition("<footer>")[0]


def sources(html: str) -> list[str]:
    return re.findall(r'<img[^>]* src="([^"]*)"', html)


def test_a_picture_is_embedded_and_nothing_is_fetched(tmp_path: Path) -> None:
    html = page(tmp_path, reason("CA-WPN-003"), seen=[store(tmp_path, kettle())])
    (source,) = sources(html)
    assert source.startswith("data:image/jpeg;base64,")
    policy = re.search('Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert policy[1].startswith("default-src &#39;none&#39;;")
    assert policy[1].endswith("; img-src data:")


def test_a_scan_without_pictures_allows_none(tmp_path: Path) -> None:
    html = page(tmp_path, reason("CA-WPN-003"), seen=[])
    assert "img-src" not in html
    assert '"pictures"' not in html


def test_findings_and_their_marks_share_a_number(tmp_path: Path) -> None:
    seen = store(tmp_path, kettle())
    offer = region(seen, box=list(OFFER), quote="CALL 514", note="text-outside-product")
    code = region(seen, box=list(CODE), signal="codes", quote="https://x.example", note="QR Code")
    mask = region(seen, kind="mask", signal="framing", note="product-small", mask=kettle_mask())
    html = page(tmp_path, reason("MKT-IMG-002", offer, code, mask), seen=[seen])
    assert re.findall(r"<text[^>]*>(\d+)</text>", html) == ["1", "2", "3"]
    assert re.findall(r"Mark </span>(\d+)</span>", html) == ["1", "2", "3"]
    assert html.count('<svg aria-hidden="true"') == 1
    assert html.count('class="fill"') == 1


def test_the_alternative_text_is_the_sellers_with_the_pictures_place(tmp_path: Path) -> None:
    seen = store(tmp_path, kettle())
    named = listing("A-1", '"><script>alert(1)</script>', None)
    write_folder(tmp_path, [(named, [reason("CA-WPN-003")])], pictures={"A-1": [seen, seen]})
    html = written(tmp_path, "fr")
    first, second = re.findall(r'<img[^>]* alt="([^"]*)"', html)
    assert first.endswith("&lt;/script&gt; (image 1 sur 2)")
    assert second == "Image 2 sur 2"


def test_a_sensitive_picture_lies_behind_a_control(tmp_path: Path) -> None:
    seen = store(tmp_path, body())
    nude = region(seen, signal="nudity", note="nudity")
    html = page(tmp_path, reason("MKT-ADT-001", nude, outcome="review"), seen=[seen])
    fold = html[html.index('<details class="sensitive">') :]
    blurred, shown = sources(html)
    assert fold.index(blurred) < fold.index("</summary>") < fold.index(shown)
    assert len(blurred) < len(shown)
    assert "Show sensitive picture 1" in fold
    assert "blurred because they may disturb" in html


def test_a_picture_for_specialists_alone_is_not_even_read(tmp_path: Path) -> None:
    seen = store(tmp_path, kettle())
    html = page(tmp_path, reason("CA-SEX-001", outcome="review"), seen=[seen])
    assert sources(html) == []
    assert "Not shown: specialist team only." in html


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Not looked at: not found."),
        ("fr", "Non examinée\xa0: introuvable."),
    ],
)
def test_a_picture_that_failed_says_why(tmp_path: Path, lang: str, said: str) -> None:
    why = [failed("not-found: the server says 404")]
    assert said in page(tmp_path, reason("CA-WPN-003"), seen=why, lang=lang)


def test_a_picture_that_is_gone_or_broken_says_so(tmp_path: Path) -> None:
    gone = {"uri": URI, "sha256": "0" * 64, "failure": None}
    html = page(tmp_path, reason("CA-WPN-003"), seen=[gone, store(tmp_path, b"GIF89a")])
    assert "folder does not hold this picture" in html
    assert "Not looked at: the file " in html


def test_without_pillow_the_page_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shelfguard.report.thumbnails", None)
    html = page(tmp_path, reason("CA-WPN-003"), seen=[store(tmp_path, kettle())])
    assert "install shelfguard[vision]" in html
    assert sources(html) == []


def test_a_page_embeds_so_many_those_with_marks_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shelfguard.report.pictures.LIMIT", 1)
    plain, marked = store(tmp_path, kettle()), store(tmp_path, body())
    found = reason("MKT-IMG-002", region(marked, 1, box=list(OFFER)))
    html = page(tmp_path, found, seen=[plain, marked])
    assert len(sources(html)) == 1
    assert "Picture 2 of 2" in html
    sha256 = plain["sha256"]
    assert f"see pictures/{sha256[:2]}/{sha256} in the scan’s folder" in html


def test_pictures_that_were_not_looked_at_keep_their_places() -> None:
    seen = [{"uri": "b"}, {"uri": "b"}, {"uri": "d"}]
    assert places(seen, ["a", "b", "b", "c", "d"]) == [1, 2, 4]
    assert places([{"uri": "x"}], []) == [0]
