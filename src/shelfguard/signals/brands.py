"""What well-known brands cost at the very least, to notice a price that is too good.

Floors are rough prices in Canadian dollars of the cheapest genuine piece, second-hand
included, set from general knowledge in 2025: a prior and never proof.
"""

from __future__ import annotations

import re

_WATCH, _BAG, _SHOE = (
    "watch|montre",
    "bag|handbag|purse|tote|sac|wallet|portefeuille",
    "shoe|sneaker|boot|soulier|espadrille|botte",
)
_COAT = "coat|jacket|parka|vest|manteau|veste|blouson|doudoune"
_JEWEL = "bracelet|ring|necklace|earring|bague|collier|boucle"
_PHONE = "phone|telephone|smartphone|cellulaire"
_TABLE = f"""
rolex = {_WATCH} = 2500
omega = {_WATCH} = 700
cartier = {_WATCH}|{_JEWEL} = 600
patek philippe = {_WATCH} = 8000
audemars piguet = {_WATCH} = 8000
breitling = {_WATCH} = 900
hublot = {_WATCH} = 2500
tag heuer = {_WATCH} = 350
iwc = {_WATCH} = 1500
panerai = {_WATCH} = 2000
tudor = {_WATCH} = 900
longines = {_WATCH} = 300
louis vuitton = {_BAG}|{_SHOE}|belt|ceinture|scarf|foulard = 250
gucci = {_BAG}|{_SHOE}|belt|ceinture = 180
chanel = {_BAG}|{_SHOE}|{_JEWEL} = 300
hermes = {_BAG}|{_JEWEL}|scarf|foulard|belt|ceinture = 200
prada = {_BAG}|{_SHOE} = 180
dior = {_BAG}|{_SHOE}|{_JEWEL} = 180
fendi = {_BAG}|{_SHOE} = 180
balenciaga = {_BAG}|{_SHOE} = 180
saint laurent = {_BAG}|{_SHOE} = 180
celine = {_BAG}|{_SHOE} = 180
bottega veneta = {_BAG}|{_SHOE} = 220
goyard = {_BAG} = 400
givenchy = {_BAG}|{_SHOE} = 150
burberry = {_BAG}|{_COAT}|scarf|foulard|trench = 100
valentino = {_BAG}|{_SHOE} = 150
loewe = {_BAG} = 250
coach = {_BAG} = 40
michael kors = {_BAG} = 35
tiffany = {_JEWEL} = 100
van cleef = {_JEWEL} = 600
bulgari = {_WATCH}|{_JEWEL} = 300
pandora = {_JEWEL} = 20
swarovski = {_JEWEL} = 20
canada goose = {_COAT} = 250
moncler = {_COAT} = 250
arc'teryx = {_COAT} = 90
the north face = {_COAT} = 50
patagonia = {_COAT} = 45
moose knuckles = {_COAT} = 200
mackage = {_COAT} = 180
nike = {_SHOE} = 30
air jordan = {_SHOE} = 50
jordan = {_SHOE} = 45
adidas = {_SHOE} = 25
yeezy = {_SHOE} = 80
new balance = {_SHOE} = 35
louboutin = {_SHOE} = 250
ugg = {_SHOE} = 45
birkenstock = {_SHOE}|sandal = 35
dr. martens = {_SHOE} = 50
timberland = {_SHOE} = 45
lululemon = legging|pant|pantalon|{_COAT} = 25
apple = airpods|ipad|iphone|macbook|{_WATCH} = 60
samsung = galaxy s|galaxy z|{_PHONE} = 60
dyson = vacuum|aspirateur|dryer|airwrap|sechoir = 120
beats = headphone|earbud|casque|ecouteur = 30
bose = headphone|earbud|casque|ecouteur|speaker = 40
sonos = speaker|enceinte|soundbar = 80
playstation = console = 100
ray-ban = sunglass|glasses|lunettes = 50
oakley = sunglass|glasses|lunettes = 40
la mer = cream|creme = 60
stanley = tumbler|quencher|gobelet = 15
yeti = cooler|glaciere = 60
"""

_ABOUT_IT = re.compile(
    r"\b(?:for|pour|fits?|compatible|style|inspired|inspire|like|type|strap|band|bracelet de montre"
    r"|case|cover|etui|coque|box|boite|poster|affiche|book|livre|charm|keychain|porte-cles|sticker"
    r"|autocollant|parts?|piece|charger|chargeur|cable|filter|filtre|laces|lacets|toy|jouet|insole"
    r"|dust bag|liner|organizer|replacement|remplacement|protector|lego|kids|baby|enfant)\b"
)


def _read(line: str) -> tuple[str, tuple[re.Pattern[str], float]]:
    brand, words, floor = (part.strip() for part in line.split(" = "))
    return brand, (re.compile(rf"\b(?:{words})(?:s|es|x)?\b"), float(floor))


FLOORS = dict(map(_read, _TABLE.strip().splitlines()))
"""Brand to the words of its costly goods and their floor price."""


def floor_price(brand: str, title: str) -> float | None:
    """The least that such goods of a brand of FLOORS cost, or None where it cannot be said.

    `title` is folded; accessories, parts and look-alikes by name have no floor.
    """
    words, floor = FLOORS[brand]
    return floor if words.search(title) and not _ABOUT_IT.search(title) else None
