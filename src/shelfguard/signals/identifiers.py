"""Licence, registration and certification numbers: named, and of the right shape or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Identifier(NamedTuple):
    """A number that an authority issues. `cue` finds its name in folded text."""

    name: str
    cue: str
    shape: str


_NO_VALUE = re.compile(
    r"(?:pending|n/?a|none|exempt\w*|tbd|applied|soon|en attente|en cours|demande en"
    r"|aucun\w*|a venir|not required|non requis|sans objet|s/?o|unknown|inconnu|0+|x{3,})(?!\w)"
)
_LINK = (
    r"(?:[\s:#=(.-]|no\b\.?|n°"
    r"|(?:number|numero|licen[cs]e|reg(?:istration)?|is|est|de|du)\b\.?){0,8}"
)
_VALUE = re.compile(r"[a-z]?\d[\w.-]*|[a-z0-9]*\d[a-z0-9]*-[a-z0-9]+")

IDENTIFIERS = (
    Identifier("npn", r"npn", r"\d{8}"),
    Identifier("din-hm", r"din[- ]?hm", r"\d{8}"),
    Identifier("din", r"din(?![- ]?hm)", r"\d{8}"),
    Identifier("pcp", r"p\.?c\.?p\.?(?: act)?|pmra|arla|lpa|homologation", r"\d{4,6}(?:\.\d\d)?"),
    Identifier("ised", r"ised|isde|ic(?: id)?|industry canada", r"\d{2,6}[a-z]?-[a-z0-9]{1,11}"),
    Identifier("mdl", r"mdl|mdall|medical device licen[cs]e|homologation medicale", r"\d{3,6}"),
    Identifier("mdel", r"mdel|leim", r"\d{2,6}"),
    Identifier("nsm", r"nsm|national safety mark|marque nationale de securite", r"[a-z]?\d{2,5}"),
    Identifier("sfc", r"sfc(?:r| licen[cs]e)?|licence rsac", r"[a-z0-9]{6,10}"),
    Identifier("epa", r"epa(?: reg(?:istration)?)?(?: est)?", r"\d{2,6}-[a-z0-9]{1,6}(?:-\w+)?"),
    Identifier("fcc", r"fcc(?: id)?", r"[a-z0-9]{3,5}-?[a-z0-9]{2,14}"),
)
_NAMED = {
    which.name: re.compile(rf"(?<![\w-])(?:{which.cue})(?![\w-])(?P<link>{_LINK})")
    for which in IDENTIFIERS
}
_SHAPES = {which.name: re.compile(which.shape) for which in IDENTIFIERS}
_DIGITLESS = frozenset({"din", "ised", "epa", "fcc", "sfc", "mdl"})
"""Names that are also other words (DIN rail, IC chip): without a number they say nothing."""

_MARK_WORDS = {
    "mark-canada": r"csa|csaus|c-?ul(?:us)?|c-?etl(?:us)?|ulc",
    "mark-foreign": r"(?:marquage|norme|certifie|certification|conforme) ce"
    r"|ce (?:mark\w*|certif\w*|approved)|rohs|fmvss ?213|en ?14604|ece ?r ?44|ukca",
    "permit": r"cites|phytosanitary|phytosanitaire|import permit|permis d'importation|nrcan",
    "data-sheet": r"sds|msds|safety data sheet|fiche de donnees de securite",
}
MARKS = {
    name: re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") for name, words in _MARK_WORDS.items()
}
CLUES = tuple(
    word
    for line in (
        "npn|din|din-hm|pcp|p.c.p|p.c.p.|pmra|arla|lpa|homologation|ised|isde|ic",
        "industry canada|mdl|mdall|medical device licence|medical device license|mdel|leim|nsm",
        "national safety mark|marque nationale de securite|sfc|sfcr|licence rsac|epa|fcc|csa",
        "csaus|cul|culus|c-ul|c-ulus|cetl|cetlus|c-etl|c-etlus|ulc|marquage ce|norme ce",
        "certifie ce|certification ce|conforme ce|ce mark|ce marked|ce marking|ce certified",
        "ce certification|ce approved|rohs|fmvss|en14604|en 14604|ece|ukca|cites|phytosanitary",
        "phytosanitaire|import permit|permis d'importation|nrcan|sds|msds|safety data sheet",
        "fiche de donnees de securite",
    )
    for word in line.split("|")
)
"""Words of which every identifier or mark that is found holds at least one."""

_SHARED = re.compile(r"homologation|fcc.*|epa.*")
"""Keys under which other authorities' numbers stand too, so a strange one is no fault."""

Found = tuple[str, int, int]


def well_formed(name: str, value: str) -> bool:
    """Whether a folded value has the shape of the identifier and is no filler like 00000000."""
    return bool(_SHAPES[name].fullmatch(value)) and len(set(re.sub(r"\D", "", value))) > 1


def find_identifiers(text: str, start: int, end: int) -> Iterator[Found]:
    """`name` or `name-malformed`, with offsets, for each identifier named in folded text."""
    for name, pattern in _NAMED.items():
        for match in pattern.finditer(text, start, end):
            value = _VALUE.match(text, match.end())
            said = value or _NO_VALUE.match(text, match.end())
            if said and (name not in _DIGITLESS or _speaks(name, said[0], match["link"])):
                formed = value is not None and well_formed(name, value[0].rstrip(".-"))
                yield f"{name}{'' if formed else '-malformed'}", match.start(), said.end()
    for name, pattern in MARKS.items():
        yield from ((name, *match.span()) for match in pattern.finditer(text, start, end))


def _speaks(name: str, said: str, link: str) -> bool:
    return well_formed(name, said.rstrip(".-")) or (":" in link and not said[0].isalpha())


def named_by(key: str) -> str | None:
    """The identifier that a folded attribute or licence key stands for."""
    plain = re.sub(r"[^a-z]+", " ", key).strip()
    for which in IDENTIFIERS:
        if re.fullmatch(rf"(?:{which.cue})(?: (?:no|number|numero|id|licen[cs]e))?", plain):
            return which.name
    return None


def judge(name: str, value: str, key: str) -> str | None:
    """What a folded value under the identifier's own name says; None if it gives no number."""
    number = re.sub(r"^(?:no\.?|n°|#|:|\s)+", "", value.strip())
    if well_formed(name, number):
        return name
    given = _NO_VALUE.match(number) or any(map(str.isdigit, number))
    return f"{name}-malformed" if given and not _SHARED.fullmatch(key) else None
