from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.listing import Batch
from shelfguard.signals.base import Derived
from shelfguard.signals.contact import Contact

CONTACT = Contact()


def kinds(text: str, brand: str | None = None, **attributes: str) -> set[str]:
    record = {"id": "1", "title": {"en": text}, "brand": brand, "attributes": attributes}
    return {
        hit.feature.removeprefix("contact:")
        for hit in CONTACT.run(Derived(Batch.from_records([record])))
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Blue kayak, 514 276-8899 after six", "phone"),
        ("Canot bleu (418) 692-4455", "phone"),
        ("Kayak, call 6132348899 any time", "phone"),
        ("Kayak, +33 6 12 34 56 78", "phone"),
        ("Kayak, 4 3 8 – 2 3 4 – 5 6 7 8", "phone"),
        ("Kayak, ５１４-２７６-８８９９", "phone"),
        ("Kayak, call 0871 277 4477 now", "phone"),
        ("To claim txt KAYAK to 86688", "phone"),
        ("Textez CANOT au 393939 pour le prix", "phone"),
        ("Write to jo.roy@example.org for the rest", "email"),
        ("Also on www.kayakdelisle.example", "url"),
        ("Moins cher sur kayakdelisle.ca", "url"),
        ("Kayak, WhatsApp: bluekayak-22", "handle"),
        ("Suivez-nous @kayakdelisle pour les rabais", "handle"),
        ("DM me on Instagram for pictures", "handle"),
        ("Pay me by e-transfer and I take 10 off, send me the money first", "payment"),
        ("Paiement par virement directement, pas de frais", "payment"),
        ("jo roy at gmail dot com", "obfuscated"),
        ("jo.roy arobase kayakdelisle point ca", "obfuscated"),
        ("five one four two seven six eight eight nine nine", "obfuscated"),
        ("cinq un quatre, deux sept six, huit huit neuf neuf", "obfuscated"),
        ("Scan the QR on the second picture", "cue"),
        ("On peut régler ça hors plateforme", "cue"),
    ],
)
def test_a_way_off_the_site_is_found(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Zinc washers @ M8, lot code 4165550177",
        "Brake pads ref. 0639-980-123",
        "Send it back to 90210 Main Street",
        "Phone that keeps text messages, up to 50000 of them; texte jusqu'à 50000",
        "Texte imprimé au 100000e, 0871 277 4477 pièces",
        "ISBN 9780920555019, EAN 3614180555019",
        "Flip phone, WhatsApp ready, runs Messenger",
        "Wooden e-transfer sign holder",
        "Cash box with two keys",
        "Snap-n-store box, signal booster cable",
        "Two in one, three by four, five six pack",
        "Canvas messenger bag, 600 x 1200 x 300 mm",
        "Book about telegrams and telephones, 1999-2004",
        "Carte cadeau? Non : un livre sur le courriel",
    ],
)
def test_numbers_and_names_of_ordinary_products_pass(text: str) -> None:
    assert kinds(text) == set()


def test_a_brand_that_is_a_domain_passes_until_buyers_are_sent_there() -> None:
    assert kinds("Lampelo.co woven shade", brand="Lampelo.co") == set()
    assert kinds("Woven shade, order on lampelo.co", brand="Lampelo.co") == {"url"}


def test_number_fields_hold_no_phones() -> None:
    assert kinds("Kayak", UPC="514 276 8899") == set()
    assert kinds("Kayak", Notes="514 276 8899") == {"phone"}


def test_a_hit_quotes_what_was_found() -> None:
    batch = Batch.from_records(
        [{"id": "1", "title": {"en": "Kayak"}}] * 2
        + [{"id": "2", "title": {"en": "Kayak 514-276-8899, 514-276-8899"}}]
    )
    derived = Derived(batch)
    (hit,) = CONTACT.run(derived)
    assert hit.row == 2
    assert hit.segment is not None
    assert derived.folded[hit.segment][hit.start : hit.end] == "514-276-8899"


@given(st.lists(st.text(alphabet="514-276 8899@.com(+)oneuntwo\n", max_size=40), max_size=4))
def test_any_text_is_read_and_quotes_lie_in_it(texts: list[str]) -> None:
    batch = Batch.from_records([{"id": str(i), "title": {"en": t}} for i, t in enumerate(texts)])
    derived = Derived(batch)
    for hit in CONTACT.run(derived):
        assert hit.feature in CONTACT.features
        assert hit.segment is not None
        assert 0 <= hit.start < hit.end <= len(derived.folded[hit.segment])
