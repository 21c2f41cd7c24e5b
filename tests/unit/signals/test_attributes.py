from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.listing import Batch
from shelfguard.signals.attributes import Attributes
from shelfguard.signals.base import Derived, Hit

ATTRIBUTES = Attributes()


def hits(title: str, **columns: Any) -> list[Hit]:
    record = {"id": "1", "title": {"en": title}, **columns}
    return ATTRIBUTES.run(Derived(Batch.from_records([record])))


def found(title: str, **columns: Any) -> set[str]:
    return {hit.feature.removeprefix("attributes:") for hit in hits(title, **columns)}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Lager, 5 % alc./vol.", "alcohol>0.5%"),
        ("Bière sans alcool 0,4 %", "alcohol<0.5%"),
        ("Rye whisky 80 proof", "alcohol>15%"),
        ("Nicotine salt 35 mg/mL, 30 mL", "nicotine>20mg/mL"),
        ("Sel de nicotine 5 %", "nicotine>20mg/mL"),
        ("Nicotine gum, 2 mg", "nicotine-dose>0mg"),
        ("Laser pointer 200 mW green", "laser>5mW"),
        ("Pointeur laser 0,001 W", "laser<5mW"),
        ('Dagger with 4" blade', "blade<30cm"),
        ("Machette, lame 45 cm", "blade>30cm"),
        ("Roller blind, bead chain 1.2 m", "cord>22cm"),
        ("Air rifle, velocity 600 fps", "muzzle-velocity>152.4m/s"),
        ("Airsoft pistol 280 fps", "muzzle-velocity<111m/s"),
        ("Air rifle 12 joules", "muzzle-energy>5.7J"),
        ("AR magazine, 30 rounds", "magazine>10"),
        ("Magnet cubes 5 mm", "magnet-size<32mm"),
        ("Infant sleeper, incline 30 degrees", "incline>7deg"),
        ("Gummies with THC 500 mg", "thc>10mg"),
        ("Muriatic acid 31 %", "acid>30%"),
        ("Lithium battery pack 1 200 Wh", "battery>100Wh"),
        ("Acetone, drum of 205 L", "pack>19L"),
        ("Sword, overall lengths: 90 cm", "length>48cm"),
        (f"Knife, blade {'x' * 21} 5 mm thick", "blade<30cm"),
    ],
)
def test_quantities_are_read_in_the_unit_of_the_rule(text: str, fact: str) -> None:
    assert fact in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hard drive 500 GB, 7200 rpm",
        "Vintage Elgin pocket map 1972",
        "DIN rail adapter, 35 mm, two 5-pin DIN plugs",
        "NPN transistor, pack of ten",
        "Photo magazine collection 1999",
        "Cat toy 2-in-1",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Vitamin C, NPN 80012345", "npn"),
        ("Vitamine C, NPN: 8001234", "npn-malformed"),
        ("Vitamine C, NPN en attente", "npn-malformed"),
        ("Vitamin C NPN 00000000", "npn-malformed"),
        ("Pain relief DIN 02243158", "din"),
        ("Arnica, DIN-HM 80023941", "din-hm"),
        ("Insect spray, P.C.P. Act Reg. No. 28714", "pcp"),
        ("Router, IC: 8853A-AX55", "ised"),
        ("Weed killer, EPA Reg. No. 84009-29", "epa"),
        ("Toaster, cETLus listed", "mark-canada"),
        ("Grille-pain, marquage CE", "mark-foreign"),
    ],
)
def test_identifiers_are_told_by_name_and_shape(text: str, fact: str) -> None:
    assert fact in found(text)


def test_attribute_keys_say_what_their_values_are() -> None:
    assert found("Knife", attributes={"Blade length": "9 cm"}) == {"blade<30cm"}
    assert found("Vitamin", attributes={"NPN": "pending"}) == {"npn-malformed"}
    assert found("Router", attributes={"IC": "21478-PKL4GF"}) == {"ised"}
    assert found("Router", attributes={"IC": "on base plate"}) == set()


def test_licences_point_at_their_field() -> None:
    (hit,) = hits("Vitamin C", licence_ids={"npn": "80012345"})
    assert (hit.feature, hit.segment, hit.field) == ("attributes:npn", None, "licence_ids.npn")
    assert hit.value == "80012345"


def test_wrong_barcodes_prices_and_fees() -> None:
    barcode = {"type": "gtin", "value": "123", "valid": False}
    assert found("Mug", identifiers=[barcode]) == {"gtin-invalid"}
    assert found("Mug", price=10.0, compare_at=45.0) == {"reference-price"}
    assert found("Mug", price=10.0, compare_at=30.0) == set()
    assert found("Mug", fees=[{"name": "handling", "amount": 3.0}]) == {"mandatory-fee"}


def test_a_price_far_below_the_brand() -> None:
    assert found("Submariner watch", brand="Rolex", price=180.0) == {"price-below-brand"}
    assert found("Montre Rolex Submariner", price=180.0) == {"price-below-brand"}
    assert found("Submariner watch", brand="Rolex", price=9000.0) == set()
    assert found("Watch strap for Rolex", brand="Baldur", price=30.0) == set()


def test_a_hit_quotes_the_number() -> None:
    batch = Batch.from_records([{"id": "1", "title": {"fr": "Épée, LAME 8,5 cm"}}])
    derived = Derived(batch)
    (hit,) = ATTRIBUTES.run(derived)
    assert hit.segment == 0
    assert derived.folded[0][hit.start : hit.end] == "8,5 cm"


@given(
    st.lists(st.text(alphabet="0123456789 .,%cmgblade/npnd-", max_size=30), max_size=4),
    st.dictionaries(st.sampled_from(["NPN", "IC", "Blade"]), st.text(max_size=12), max_size=2),
)
def test_any_text_gives_announced_features(texts: list[str], attributes: dict[str, str]) -> None:
    rows = [
        {"id": str(i), "title": {"en": text}, "attributes": attributes}
        for i, text in enumerate(texts)
    ]
    derived = Derived(Batch.from_records(rows))
    for hit in ATTRIBUTES.run(derived):
        assert hit.feature in ATTRIBUTES.features
        assert hit.segment is None or hit.end <= len(derived.folded[hit.segment])
