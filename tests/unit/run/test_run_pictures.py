"""Pictures beside decisions: kept where listings are flagged, and shown again to a replay."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytest.importorskip("zxingcpp", reason="needs the extra 'vision'")

from tests.unit.engine.looking import Says, Shop, engine_with, pack_with, picture_file

from shelfguard.engine import Engine
from shelfguard.engine.picture_source import PictureSource
from shelfguard.models.source import digest
from shelfguard.policy.load import load_pack
from shelfguard.run.local import Options, scan
from shelfguard.run.pictures import keep_pictures, picture_path
from shelfguard.run.records import find_decisions, read_run
from shelfguard.run.replay import replay
from shelfguard.run.source import row_reader

FEED = "id,title,image_url\nsku-1,Lamp,lamp.png\nsku-2,Stool,gone.png\n"


class Scan:
    """A scan of two listings, whose pictures the engine sees as a test has it."""

    def __init__(self, root: Path) -> None:
        tiny = pack_with(root / "pack", "  detectors: {text: {}}\n")
        self.pack, self.out = load_pack(tiny.root), root / "out"
        self.shop = Shop({"lamp.png": picture_file()})
        self.feed = root / "feed.csv"
        self.feed.write_text(FEED)
        self.source = PictureSource((root,), cache=root / "cache")

    def engine(self, says: str = "knuckle duster") -> Engine:
        return engine_with(self.pack.root, [Says(says)], self.shop)

    def run(self, says: str = "knuckle duster", *, overwrite: bool = False) -> None:
        options = Options(self.feed, self.out, images=self.source, overwrite=overwrite)
        scan(
            options,
            self.pack,
            lambda: self.engine(says),
            publish=lambda *_: None,
            watch=lambda _: None,
        )

    def again(self, listing_id: str) -> list[str]:
        reader = row_reader(read_run(self.out))
        return replay(self.out, listing_id, self.pack, self.engine(), reader)

    def kept(self) -> list[str]:
        return sorted(path.name for path in (self.out / "pictures").rglob("*") if path.is_file())

    def seen(self, listing_id: str) -> str:
        (row,) = find_decisions(self.out, listing_id)
        return str(row["pictures"][0]["sha256"])


def test_the_pictures_of_a_flagged_listing_are_kept_by_their_digest(tmp_path: Path) -> None:
    done = Scan(tmp_path)
    done.run()
    assert done.kept() == [done.seen("sku-1")]
    path = picture_path(done.out / "pictures", done.seen("sku-1"))
    assert path.read_bytes() == picture_file()
    assert digest(path) == path.name


def test_those_of_an_allowed_listing_are_not(tmp_path: Path) -> None:
    done = Scan(tmp_path)
    done.run(says="")
    assert done.kept() == []


def test_those_of_an_escalated_listing_are_never_copied(tmp_path: Path) -> None:
    done = Scan(tmp_path)
    done.run()
    decisions = pq.read_table(done.out / "decisions.parquet")
    column = decisions.schema.get_field_index("outcome")
    escalated = decisions.set_column(column, "outcome", [["escalate"] * len(decisions)])
    keep_pictures(escalated, done.shop, tmp_path / "copies")
    assert not (tmp_path / "copies").exists()


def test_a_scan_that_replaces_another_forgets_its_pictures_and_nothing_else(tmp_path: Path) -> None:
    done = Scan(tmp_path)
    done.run()
    own = done.out / "pictures" / "mine.png"
    own.write_bytes(b"mine")
    done.run(says="", overwrite=True)
    assert done.kept() == ["mine.png"]


@pytest.mark.parametrize("listing_id", ["sku-1", "sku-2"])
def test_a_decision_on_pictures_is_identical_when_made_again(
    tmp_path: Path, listing_id: str
) -> None:
    done = Scan(tmp_path)
    done.run()
    assert done.again(listing_id) == []


def test_a_replay_needs_neither_the_picture_nor_the_server_it_came_from(tmp_path: Path) -> None:
    done = Scan(tmp_path)
    done.run()
    done.shop.files = {"lamp.png": picture_file(7), "gone.png": picture_file(8)}
    assert done.again("sku-1") == []
    assert done.again("sku-2") == [], "it failed then, so that it fails again"


def test_a_picture_that_is_not_the_one_that_was_judged_is_told(tmp_path: Path) -> None:
    done = Scan(tmp_path)
    done.run()
    picture_path(done.out / "pictures", done.seen("sku-1")).unlink()
    done.shop.files = {"lamp.png": picture_file(7)}
    assert any("pictures[0].sha256" in line for line in done.again("sku-1"))
