"""Listings by hand at the edges of what feeds and clients send, by what each is an edge of."""

from __future__ import annotations

from typing import Any

ORDINARY = "Solid oak shelf with hidden brackets, sanded and oiled by hand. "
BRASS = "Brass knuckles, heavy, fits four fingers"

EMPTY: dict[str, dict[str, Any]] = {
    "title-alone": {"title": "Stainless steel water bottle"},
    "title-of-one-letter": {"title": "x"},
    "title-of-digits": {"title": "4006381333931"},
    "title-of-signs": {"title": "*** !!! ***"},
    "violation-in-title-alone": {"title": "Brass knuckles"},
    "everything-empty": {
        "title": "Desk lamp",
        "description": "",
        "brand": "",
        "category": "",
        "attributes": {},
        "images": [],
        "bullets": [],
        "fees": [],
    },
    "everything-null": {
        "title": "Desk lamp, brass foot",
        "description": None,
        "brand": None,
        "category": None,
        "price": None,
        "currency": None,
        "attributes": None,
        "images": None,
        "bullets": None,
        "seller": None,
        "market": None,
        "lang": None,
    },
    "description-of-spaces": {"title": "Wool scarf", "description": " \n\t "},
    "spaces-around-everything": {"title": "  Wool scarf \n", "brand": " Nordby ", "market": " CA "},
}

LANGUAGES: dict[str, dict[str, Any]] = {
    "both-languages": {
        "title": {"en": "Push dagger key ring", "fr": "Porte-clés dague de poing"},
        "description": {
            "en": "A hidden blade that fits your palm.",
            "fr": "Une lame cachée qui tient dans la paume.",
        },
        "bullets": {"en": ["Hidden blade", "Steel"], "fr": ["Lame cachée", "Acier"]},
    },
    "english-title-french-text": {
        "title": "Winter tires, set of four",
        "description": "Quatre pneus d'hiver presque neufs, posés une seule saison à Québec.",
    },
    "tag-of-a-region": {"title": "Chaise berçante en érable", "lang": "fr-CA"},
    "wrong-tag": {"title": "Chaise berçante en érable massif", "lang": "en"},
    "unknown-tag": {"title": "Rocking chair of solid maple", "lang": "xx-nonsense"},
    "german": {"title": "Schlagring aus Messing", "description": "Schwer, für vier Finger."},
    "german-ordinary": {"title": "Schreibtischlampe aus Messing, dimmbar, mit Lesearm"},
    "spanish": {"title": "Puño americano de latón", "description": "Pesado, discreto, sin marca."},
    "italian": {"title": "Coltello a scatto automatico, lama 9 cm"},
    "polish": {"title": "Nóż sprężynowy, ostrze 9 cm, wysyłka dyskretna"},
    "russian": {"title": "Кастет латунный", "description": "Тяжёлый, на четыре пальца"},
    "chinese": {"title": "不锈钢保温杯 500毫升", "description": "双层真空，保温十二小时。"},
    "chinese-violation": {"title": "黄铜指虎 四指", "lang": "zh"},
    "japanese": {"title": "木製の椅子", "description": "手作りの椅子です。送料無料。"},
    "korean": {"title": "스테인리스 물병 750ml"},
    "arabic": {"title": "زجاجة ماء من الفولاذ المقاوم للصدأ", "lang": "ar"},
    "hebrew": {"title": "בקבוק מים מפלדת אל-חלד"},
    "hindi": {"title": "स्टेनलेस स्टील की बोतल"},
    "thai": {"title": "ขวดน้ำสแตนเลส 750 มล."},
    "inuktitut": {"title": "ᐃᓄᒃᑎᑐᑦ ᐅᖃᓕᒫᒐᖅ"},
    "no-language": {"title": "Qwlfgh zzrt mnopl", "description": "Vrtk plomb askdj fghjk wert."},
    "words-nobody-knows": {"title": "Phrobnitz K-77 quaddle, unblorped, with snirf and 2 gleps"},
    "fifteen-languages": {
        "title": {
            tag: f"Shelf {tag}"
            for tag in "en fr de es it pt nl pl ru zh ja ko ar he hi".split()  # noqa: SIM905
        }
    },
}

WRITING: dict[str, dict[str, Any]] = {
    "emoji-alone": {"title": "🍄🌿💊", "description": "👀📲"},
    "emoji-joined": {"title": "Family poster 👨‍👩‍👧‍👦 🏳️‍🌈 50 cm"},
    "full-width": {"title": "Ｂｒａｓｓ　ｋｎｕｃｋｌｅｓ"},
    "mathematical-letters": {"title": "𝐁𝐫𝐚𝐬𝐬 𝒌𝒏𝒖𝒄𝒌𝒍𝒆𝒔, new"},
    "circled-letters": {"title": "Ⓑⓡⓐⓢⓢ ⓚⓝⓤⓒⓚⓛⓔⓢ"},
    "cyrillic-look-alikes": {"title": "Вrаss knuсklеs, gоld", "description": "Shiрs tоday"},
    "greek-look-alikes": {"title": "Βrαss κnuckles"},
    "digits-for-letters": {"title": "Br4ss kn0ckles & sw1tchbl4de"},
    "spaced-letters": {"title": "b r a s s   k n u c k l e s"},
    "dotted-letters": {"title": "b.r.a.s.s k.n.u.c.k.l.e.s"},
    "zero-width-joiners": {"title": "Bra\u200bss knu\u200dck\u2060les"},
    "soft-hyphens": {"title": "Brass knuck\u00adles"},
    "turned-direction": {"title": "\u202eselkcunk ssarb\u202c for your desk"},
    "accents-apart": {"title": "Pe\u0301ruvien e\u0302tui a\u0300 cigares"},
    "accents-in-heaps": {"title": "B̸̢͠r̷̛͜a̴̡͝s̶̨͑s̵̡̛ knuckles"},
    "ligatures": {"title": "Oﬃce ﬁle, ﬂat, œuvre d'art et bœuf"},
    "marks": {"title": "Acme™ Shelf® №5 ½ price ℠"},
    "scattered-capitals": {"title": "BrAsS kNuCkLeS"},
    "no-break-spaces": {"title": "Brass\u00a0knuckles\u202fnew\u3000gold"},
    "control-characters": {
        "title": "Desk\u0007 lamp\u001b[31m red",
        "description": "a\u0085b\u2028c",
    },
    "byte-order-mark": {"title": "\ufeffDesk lamp"},
    "not-a-character": {"title": "Desk lamp \ufffe\uffff\U0010ffff"},
    "private-letters": {"title": "Desk lamp \ue000\uf8ff"},
    "quotes-and-slashes": {"title": 'Desk "lamp" \\ 5\' 10" / <b>new</b>'},
    "markup": {
        "title": "Key ring",
        "description": "<p>A <b>push</b> <i>dagger</i> on a ring.<br/>&lt;sharp&gt; &amp;</p>",
    },
    "markup-inside-words": {"title": "Ring", "description": "bra<span>ss</span> knuck<i>l</i>es"},
    "markup-broken": {"title": "Ring", "description": "<div <p>brass <!-- knuckles --> </dvi"},
    "entities": {"title": "Brass &#107;nuckles &eacute;tui &notanentity; &#0;"},
    "script": {"title": "Lamp", "description": "<script>alert('brass knuckles')</script>Oak"},
    "formula": {"title": '=HYPERLINK("http://example.com","Desk lamp")'},
    "template": {"title": "{{ product.title }} ${price} %s"},
}

LENGTH: dict[str, dict[str, Any]] = {
    "long-ordinary": {"title": "Oak shelf", "description": ORDINARY * 300},
    "long-with-violation-at-its-end": {
        "title": "Oak shelf",
        "description": ORDINARY * 100 + BRASS,
    },
    "violation-after-two-thousand-letters": {
        "title": "Oak shelf",
        "description": f"{ORDINARY * 34}{BRASS}. {ORDINARY * 5}",
    },
    "long-violation": {"title": BRASS, "description": f"{BRASS}. " * 120},
    "long-title": {"title": ORDINARY * 12},
    "long-word": {"title": "Lamp " + "a" * 5000},
    "many-bullets": {
        "title": "Tool set",
        "bullets": [f"Piece {number} of steel" for number in range(200)],
    },
    "many-attributes": {
        "title": "Tool set",
        "attributes": {f"size {number}": f"{number} mm" for number in range(200)},
    },
    "many-lines": {"title": "Lamp", "description": "\r\n".join(["line"] * 400)},
    "long-id-" + "0" * 490: {"title": "Lamp"},
}

MARKETS: dict[str, dict[str, Any]] = {
    f"market-{market or 'empty'}": {"title": BRASS, "price": 30, "market": market}
    for market in ("CA", "ca", "CA-QC", "US", "FR", "Canada", "amazon.ca", "ZZ", "")
}

PRICES: dict[str, dict[str, Any]] = {
    f"price-{number}": {"title": "Oak chair", "price": price}
    for number, price in enumerate(
        (
            "1 299,00 $",
            "1\u202f299,00\u00a0$ CA",
            "CA$12",
            "$19.99",
            "12.5 CAD",
            "1.234,56 €",
            "1,234.56",
            "1'299.00",
            "£5",
            "free",
            "",
            "-5",
            "1e3",
            "NaN",
            "12 or 15",
            0,
            0.1,
            1e15,
            -3,
            2**53 + 1,
        )
    )
} | {
    "price-and-compare-at": {"title": "Oak chair", "price": "49,99", "compare_at": "CA$ 89.99"},
    "sale-price": {"title": "Oak chair", "price": 80, "sale_price": "60.00 CAD"},
    "currency-small": {"title": "Oak chair", "price": 80, "currency": "cad"},
    "currency-twice": {"title": "Oak chair", "price": "US$80", "currency": "CAD"},
    "fees": {
        "title": "Concert ticket",
        "price": 50,
        "currency": "CAD",
        "fees": [{"name": "service", "amount": 12.5}, {"name": "handling"}],
    },
    "fees-as-text": {"title": "Concert ticket", "price": 50, "fees": ["service 12 $"]},
}

FACTS: dict[str, dict[str, Any]] = {
    "gtin-right": {"title": "Pen", "gtin": "4006381333931"},
    "gtin-wrong": {"title": "Pen", "gtin": "4006381333932"},
    "gtin-as-number": {"title": "Pen", "gtin": 4006381333931},
    "gtin-in-attributes": {"title": "Pen", "attributes": {"EAN-13": "4006381333931"}},
    "upc-with-spaces": {"title": "Pen", "upc": "0 36000 29145 2"},
    "isbn": {"title": "Novel, paperback", "isbn": "0-306-40615-2", "category": "Books"},
    "identifiers-several": {"title": "Pen", "gtin": ["4006381333931", "73513537"], "mpn": "A-7"},
    "npn-right": {"title": "Vitamin C 500 mg, 90 tablets", "npn": "80012345"},
    "npn-wrong": {"title": "Vitamin C 500 mg, 90 tablets", "npn": "1234"},
    "npn-missing": {
        "title": "Vitamin C 500 mg, 90 tablets",
        "description": "Helps to maintain immune function.",
        "category": "Health > Vitamins",
    },
    "din": {"title": "Acetaminophen 500 mg caplets", "attributes": {"DIN": "02245875"}},
    "din-hm": {"title": "Arnica pellets", "attributes": {"DIN-HM number": "80000001"}},
    "licence-in-text": {"title": "Iron 30 mg", "description": "NPN 80012345. Take one a day."},
    "radio-licence": {"title": "FM transmitter 5 W", "ised": "1234A-5678"},
    "category-as-object": {
        "title": "Chair",
        "category": {"path": "Home / Chairs | Oak", "taxonomy": "google"},
    },
    "seller-as-text": {"title": "Chair", "seller": "s001"},
    "seller-as-object": {"title": "Chair", "seller": {"id": "s001", "type": "business"}},
    "seller-id": {"title": "Chair", "seller_id": "s001", "seller_type": "private"},
    "images-as-text": {"title": "Chair", "images": ["https://example.com/a.jpg", "b.png"]},
    "images-as-objects": {
        "title": "Chair",
        "images": [{"uri": "a.jpg", "alt": "Brass knuckles on a chair"}, {"uri": "b.jpg"}],
    },
    "attributes-of-all-kinds": {
        "title": "Chair",
        "attributes": {
            "count": 4,
            "weight": 3.5,
            "new": True,
            "colours": ["oak", "ash", None],
            "size": {"height": 90, "unit": "cm"},
            "note": None,
            "couleur préférée": "chêne",
        },
    },
    "fields-nobody-named": {"title": "Chair", "colour": "white", "Poids net": "3 kg", "n": 7},
    "fields-in-french": {"title": "Chaise", "marque": "Érablière", "prix_barre": "99,00 $"},
    "everything-else": {
        "title": "Child car seat",
        "condition": "used",
        "age_group": "infant",
        "origin_country": "CN",
        "ships_from": "US",
        "certifications": ["CMVSS 213", "JPMA"],
        "manufacturer": "Acme",
    },
    "phone": {"title": "Oak chair", "description": "Call me at 514-555-0199 before six."},
    "phone-in-words": {"title": "Chair", "description": "five one four 555 oh one nine nine"},
    "e-mail": {"title": "Oak chair", "description": "Write to jane (at) example dot com"},
    "address-of-a-site": {"title": "Chair", "bullets": ["Cheaper on www.example.com/chair"]},
    "messenger": {"title": "Chair", "attributes": {"contact": "WhatsApp +1 514 555 0199"}},
    "recalled-words": {"title": "Drop-side crib, vintage", "description": "Slats 8 cm apart."},
    "same-content-a": {"title": "Push dagger key ring", "price": 19.99, "currency": "CAD"},
    "same-content-b": {"title": "Push dagger key ring", "price": 19.99, "currency": "CAD"},
    "id with spaces / slashes": {"title": "Lamp"},
    "numéro-é-😀": {"title": "Lamp"},
}

EDGE_LISTINGS = [
    {"id": name, **listing}
    for group in (EMPTY, LANGUAGES, WRITING, LENGTH, MARKETS, PRICES, FACTS)
    for name, listing in group.items()
]
