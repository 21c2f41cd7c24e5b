"""Deciding listings by their pictures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("zxingcpp", reason="needs the extra 'vision'")

from shelfguard.images.banks.bank import Bank
from shelfguard.images.banks.card import BankCard
from shelfguard.images.banks.catalog import Catalog
from shelfguard.images.banks.entries import NewEntry
from shelfguard.images.decode import Decoded, decode
from shelfguard.images.hash_detector import HashDetector
from shelfguard.images.hashes.hashed_picture import HashedPicture, ListingPlace, write_hashes
from shelfguard.images.hashes.pdq import hash_of
from shelfguard.listing import Batch
from shelfguard.signals.fusion import Fusion
from tests.unit.engine.looking import (
    CLAUSE,
    Bare,
    Bears,
    Fails,
    Labelled,
    Nude,
    Says,
    Shop,
    Shows,
    decide,
    engine_with,
    listing,
    pack_with,
    picture_file,
)
from tests.unit.test_engine import make_engine

TEXT = "  detectors: {text: {}}\n"


def test_a_phrase_in_a_picture_counts_and_its_box_is_the_evidence(tmp_path: Path) -> None:
    pack_with(tmp_path, TEXT)
    engine = engine_with(tmp_path, [Says("Buy our knuckle duster")])
    (row,) = decide(engine, listing("a.png"))
    assert (row["outcome"], row["stage"]) == ("review", "vision")
    ((piece,),) = [reason["evidence"] for reason in row["reasons"]]
    assert (piece["kind"], piece["field"]) == ("region", "images[0].text")
    assert piece["quote"] == "knuckle duster" == "Buy our knuckle duster"[piece["start"] :]
    assert piece["box"] == [0.1, 0.2, 0.5, 0.3]
    assert piece["picture"] == row["pictures"][0]["sha256"]


def test_a_listing_with_nothing_to_see_is_allowed_and_records_what_was_seen(tmp_path: Path) -> None:
    pack_with(tmp_path, TEXT)
    (row,) = decide(engine_with(tmp_path, [Says("")]), listing("a.png"))
    assert (row["outcome"], row["degraded"]) == ("allow", [])
    ((uri, failure),) = [(p["uri"], p["failure"]) for p in row["pictures"]]
    assert (uri, failure) == ("a.png", None)


def test_a_picture_that_cannot_be_read_sends_its_listing_to_a_person(tmp_path: Path) -> None:
    pack_with(tmp_path, TEXT)
    shop = Shop({"a.png": picture_file(), "cut.png": picture_file()[:200]})
    engine = engine_with(tmp_path, [Says("")], shop)
    gone, cut, fine = decide(engine, listing("gone.png"), listing("cut.png"), listing("a.png"))
    assert gone["degraded"] == ["images[0]: not-found: There is no file 'gone.png'"]
    assert cut["degraded"][0].startswith("images[0]: truncated: ")
    assert [row["outcome"] for row in (gone, cut, fine)] == ["review", "review", "allow"]
    assert gone["pictures"][0]["failure"].startswith("not-found")


def test_a_detector_that_fails_sends_its_listing_to_a_person(tmp_path: Path) -> None:
    pack_with(tmp_path, TEXT)
    (row,) = decide(engine_with(tmp_path, [Fails()]), listing("a.png"))
    assert row["degraded"] == ["images[0]: text: failed (ValueError: no such table)"]
    assert row["outcome"] == "review"


def test_a_pack_may_only_note_that_a_picture_cannot_be_read(tmp_path: Path) -> None:
    pack_with(tmp_path, f"{TEXT}  unread: note\n")
    (row,) = decide(engine_with(tmp_path, [Says("")]), listing("gone.png"))
    assert (row["outcome"], len(row["degraded"])) == ("allow", 1)


def test_a_pack_that_requires_pictures_allows_nothing_without_them(tmp_path: Path) -> None:
    tiny = pack_with(tmp_path, TEXT)
    tiny.edit("pack.yaml", "required: [lexicon]", "required: [lexicon, image]")
    engine = engine_with(tmp_path, [Says("")])
    bare, shown = decide(engine, listing(), listing("a.png"))
    assert (bare["outcome"], bare["degraded"]) == ("review", ["image: the listing has no picture"])
    assert shown["outcome"] == "allow"
    engine.vision = None
    (blind,) = decide(engine, listing("a.png"))
    assert blind["degraded"] == ["image: the scan did not look at pictures"]
    assert blind["outcome"] == "review"


def test_a_barcode_of_another_product_asks_a_person(tmp_path: Path) -> None:
    pack_with(tmp_path, f"  detectors: {{codes: {{}}}}\n  rules: {{gtin-differs: {CLAUSE}}}\n")
    engine = engine_with(tmp_path, [Bears("EAN-13", "4006381333931")])
    same, other, unknown = (
        listing(
            "a.png",
            identifiers=[{"type": "gtin", "value": value, "valid": True}] if value else None,
        )
        for value in ("04006381333931", "5901234123457", "")
    )
    rows = decide(engine, same, other, unknown)
    assert [row["outcome"] for row in rows] == ["allow", "review", "allow"]
    ((piece,),) = [reason["evidence"] for reason in rows[1]["reasons"]]
    assert (piece["note"], piece["quote"]) == ("gtin-differs", "4006381333931")


def test_what_a_code_says_is_read_like_any_text_but_not_a_products_number(tmp_path: Path) -> None:
    pack_with(tmp_path, "  detectors: {codes: {}}\n")
    says = engine_with(tmp_path, [Bears("QR Code", "knuckle duster here")])
    ((piece,),) = [reason["evidence"] for reason in decide(says, listing("a.png"))[0]["reasons"]]
    assert (piece["field"], piece["quote"]) == ("images[0].code[0]", "knuckle duster")
    numbers = engine_with(tmp_path, [Bears("EAN-13", "4006381333931")])
    derived = numbers.run(Batch.from_records([listing("a.png")]))
    assert derived.table.to_pylist()[0]["outcome"] == "allow"


def test_a_label_that_is_a_clauses_id_judges_it_and_names_its_nearest_example(
    tmp_path: Path,
) -> None:
    pack_with(tmp_path, "  detectors: {labels: {}}\n")
    engine = engine_with(tmp_path, [Labelled({CLAUSE: 0.9, "other": 0.95})])
    engine.thresholds.review[:] = 0.5
    (row,) = decide(engine, listing("a.png"))
    (reason,) = row["reasons"]
    assert (reason["clause"], reason["probability"]) == (CLAUSE, 0.9)
    assert [(e["note"], e["quote"]) for e in reason["evidence"]] == [("most-like", "ring.jpg")]


def test_an_object_that_no_word_names_asks_a_person(tmp_path: Path) -> None:
    names = "{knife: [knife, couteau]}"
    rules = f"{{unnamed-object: {CLAUSE}}}"
    pack_with(tmp_path, f"  detectors: {{objects: {{}}}}\n  rules: {rules}\n  names: {names}\n")
    clear, unsure, other = (
        engine_with(tmp_path, [Shows(label, score)])
        for label, score in (("knife", 0.9), ("knife", 0.7), ("pistol", 0.9))
    )
    named = listing("a.png", title="Couteaux de cuisine")
    assert [row["outcome"] for row in decide(clear, listing("a.png"), named)] == ["review", "allow"]
    assert decide(unsure, listing("a.png"))[0]["outcome"] == "allow"
    assert decide(other, listing("a.png"))[0]["outcome"] == "allow", "the pack has no word for it"
    (reason,) = decide(clear, listing("a.png"))[0]["reasons"]
    assert [(e["note"], e["weight"]) for e in reason["evidence"]] == [("knife", 0.9)]


@pytest.mark.parametrize(("share", "outcome"), [(0.79, "allow"), (0.8, "review")])
def test_a_picture_that_is_very_likely_nude_asks_a_person(
    tmp_path: Path, share: float, outcome: str
) -> None:
    pack_with(tmp_path, f"  detectors: {{nudity: {{}}}}\n  rules: {{nudity: {CLAUSE}}}\n")
    (row,) = decide(engine_with(tmp_path, [Nude(share)]), listing("a.png"))
    assert row["outcome"] == outcome


@pytest.mark.parametrize(
    ("label", "share", "outcome"),
    [
        ("FEMALE_BREAST_EXPOSED", 0.6, "review"),
        ("FEMALE_BREAST_EXPOSED", 0.4, "allow"),
        ("MALE_BREAST_EXPOSED", 0.9, "allow"),
        ("FEMALE_BREAST_COVERED", 0.9, "allow"),
    ],
)
def test_a_bare_part_that_an_operators_detector_sees_asks_a_person_with_its_box(
    tmp_path: Path, label: str, share: float, outcome: str
) -> None:
    pack_with(tmp_path, f"  detectors: {{body_parts: {{}}}}\n  rules: {{nudity: {CLAUSE}}}\n")
    (row,) = decide(engine_with(tmp_path, [Bare(label, share)]), listing("a.png"))
    assert row["outcome"] == outcome
    boxes = [e["box"] for reason in row["reasons"] for e in reason["evidence"]]
    assert boxes == ([[0.1, 0.2, 0.5, 0.3]] if outcome == "review" else [])


def a_bank(folder: Path, data: bytes, clause: str = CLAUSE) -> Bank:
    found = decode(data)
    assert isinstance(found, Decoded)
    day = date(2026, 11, 1)
    card = BankCard(name="known", clauses=(clause,), supplier="us", received=day, terms="ours")
    bank = Bank.create(folder, card, "me")
    bank.add([NewEntry(hash_of(found.picture))], "me")
    return bank


def test_a_known_picture_cites_the_clause_of_its_bank(tmp_path: Path) -> None:
    pack_with(tmp_path / "pack", "  detectors: {hash: {}}\n")
    shop = Shop({"known.png": picture_file(1), "other.png": picture_file(2)})
    bank = a_bank(tmp_path / "bank", shop.files["known.png"])
    engine = engine_with(tmp_path / "pack", [HashDetector()], shop, [bank])
    known, other = decide(engine, listing("known.png"), listing("other.png"))
    assert (known["outcome"], other["outcome"]) == ("review", "allow")
    ((piece,),) = [reason["evidence"] for reason in known["reasons"]]
    assert (piece["kind"], piece["bank"], piece["entry"], piece["distance"]) == (
        "match",
        "known",
        1,
        0,
    )


def test_a_picture_that_the_seller_shows_on_another_product_asks_a_person(tmp_path: Path) -> None:
    pack_with(tmp_path, f"  detectors: {{hash: {{}}}}\n  rules: {{repeated-picture: {CLAUSE}}}\n")
    shop = Shop({"a.png": picture_file()})
    places = [
        ListingPlace("l1", "ann", 0),
        ListingPlace("l2", "ann", 0),
        ListingPlace("l1", "bob", 0),
    ]
    found = decode(shop.files["a.png"])
    assert isinstance(found, Decoded)
    table = tmp_path / "hashes.parquet"
    write_hashes(
        table, [HashedPicture("a.png", found.picture.sha256, at=place) for place in places]
    )
    engine = engine_with(tmp_path, [HashDetector()], shop, catalog=Catalog.read(table))
    ann, bob, nobody = (
        listing("a.png", seller={"id": seller} if seller else None) for seller in ("ann", "bob", "")
    )
    rows = decide(engine, ann, bob, nobody)
    assert [row["outcome"] for row in rows] == ["review", "allow", "allow"]
    ((piece,),) = [reason["evidence"] for reason in rows[0]["reasons"]]
    assert (piece["note"], piece["quote"]) == ("repeated-picture", "l2")


def test_a_known_picture_of_a_clause_of_zero_tolerance_is_escalated(tmp_path: Path) -> None:
    tiny = pack_with(tmp_path / "pack", "  detectors: {hash: {}}\n")
    tiny.edit("clauses/CA-WPN-001.yaml", "action: block", "action: escalate")
    bank = a_bank(tmp_path / "bank", picture_file())
    engine = engine_with(tmp_path / "pack", [HashDetector()], banks=[bank])
    assert decide(engine, listing("a.png"))[0]["outcome"] == "escalate"


def test_a_detector_looks_only_where_the_pack_asks(tmp_path: Path) -> None:
    use = "{pictures: main, when: doubt, categories: [knives]}"
    pack_with(tmp_path, f"  detectors: {{text: {use}}}\n")
    shop = Shop({"a.png": picture_file(), "b.png": picture_file(1)})
    engine = engine_with(tmp_path, [Says("knuckle duster")], shop)
    kitchen = {"path": "Home > Lamps"}
    blades = {"path": "Hobby > Knives"}
    clear, asked = decide(
        engine, listing("a.png", category=kitchen), listing("a.png", "b.png", category=blades)
    )
    assert (clear["outcome"], clear["pictures"]) == ("allow", [])
    assert [seen["uri"] for seen in asked["pictures"]] == ["a.png"]
    assert asked["outcome"] == "review"


def test_no_more_pictures_are_looked_at_than_the_pack_says(tmp_path: Path) -> None:
    pack_with(tmp_path, f"{TEXT}  most: 2\n")
    (row,) = decide(engine_with(tmp_path, [Says("")]), listing("a.png", "a.png", "a.png"))
    assert len(row["pictures"]) == 2


def test_a_decision_costs_what_its_detectors_cost(tmp_path: Path) -> None:
    pack_with(tmp_path, TEXT, "costs: {lexicon: 10, text: 500}\n")
    engine = engine_with(tmp_path, [Says("")])
    rows = decide(engine, listing(), listing("a.png"), listing("a.png", "a.png"))
    assert [row["cost"] for row in rows] == [10, 510, 1010]


FUSION = Fusion(offset=0.5, text=1.0, objects={"pistol": 1.0})


def test_an_object_in_a_picture_raises_what_the_text_leaves_likely(tmp_path: Path) -> None:
    pack_with(tmp_path, "  detectors: {objects: {}}\n")
    text = make_engine(tmp_path / "text").text
    shown, hidden, blind = (
        engine_with(tmp_path, detectors, fusions={CLAUSE: FUSION}, text=text)
        for detectors in ([Shows("pistol", 0.9)], [Shows("knife", 0.9)], [])
    )
    one = Batch.from_records([listing("a.png", title="Brass lamp")])
    said = make_engine(tmp_path / "text").run(one).probabilities[0, 0]
    assert shown.run(one).probabilities[0, 0] > said
    for engine in (hidden, blind):
        assert engine.run(one).probabilities[0, 0] == pytest.approx(said, abs=1e-4)


def test_the_object_that_counts_is_the_evidence_with_its_box(tmp_path: Path) -> None:
    pack_with(tmp_path, "  detectors: {objects: {}}\n")
    text = make_engine(tmp_path / "text").text
    fusion = FUSION.model_copy(update={"offset": 9.0})
    engine = engine_with(tmp_path, [Shows("pistol", 0.9)], fusions={CLAUSE: fusion}, text=text)
    engine.thresholds.review[:] = 0.5
    (row,) = decide(engine, listing("a.png"))
    regions = [e for e in row["reasons"][0]["evidence"] if e["kind"] == "region"]
    assert [(e["note"], e["box"], e["weight"]) for e in regions] == [
        ("pistol", [0.1, 0.2, 0.5, 0.3], 0.9)
    ]
