"""Which field a column or key means, in English or French, in any spelling of its header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from shelfguard.short_cache import short_cache

_SPELLINGS = {
    "id": "id listing_id item_id product_id offer_id article_id sku seller_sku item_sku uniq_id"
    " unique_id identifiant id_produit code_produit code_article no_article numero_article"
    " numero_d_article no_d_article id_article identifiant_produit",
    "title": "title name product_name product_title item_name listing_title productname item_title"
    " titre nom nom_du_produit nom_produit titre_produit titre_du_produit libelle designation",
    "description": "description desc product_description item_description long_description"
    " body_html body details descriptif description_produit description_du_produit"
    " description_longue short_description description_courte summary",
    "brand": "brand brand_name marque nom_marque",
    "manufacturer": "manufacturer maker manufacturer_name fabricant",
    "category": "category category_path categories product_type google_product_category"
    " category_name product_category breadcrumbs department categorie categorie_produit rayon"
    " type_de_produit",
    "price": "price current_price selling_price our_price prix prix_ttc prix_de_vente"
    " prix_unitaire",
    "sale_price": "sale_price special_price prix_promo prix_promotionnel prix_solde",
    "compare_at": "compare_at compare_at_price list_price msrp regular_price was_price pdsf"
    " prix_courant prix_barre prix_de_detail_suggere",
    "currency": "currency currency_code price_currency devise monnaie",
    "seller_id": "seller_id seller merchant_id vendor_id shop_id store_id seller_name vendeur"
    " id_vendeur vendeur_id marchand boutique",
    "seller_type": "seller_type type_vendeur",
    "market": "market marketplace target_country marche",
    "lang": "lang language content_language locale langue",
    "condition": "condition item_condition etat",
    "age_group": "age_group groupe_d_age tranche_d_age",
    "origin_country": "origin_country country_of_origin made_in pays_d_origine pays_origine",
    "ships_from": "ships_from ships_from_country expedie_de pays_d_expedition",
    "taxonomy": "taxonomy taxonomie",
    "attributes": "attributes caracteristiques",
}
ALIASES = {
    name: (field, rank)
    for field, names in _SPELLINGS.items()
    for rank, name in enumerate(names.split())
}
"""Normalised header to its field and rank: the lowest rank in a file wins the field."""

FIELDS = tuple(_SPELLINGS)

_LISTS = {
    "certifications": "certifications",
    "images": "image image_link image_url main_image main_image_url image_src picture photo"
    " lien_image url_image images image_urls additional_image_link additional_image_links",
    "bullets": "bullets bullet_points key_features product_highlight product_highlights points_cles"
    " points_forts",
    "fees": "fees frais",
}
LISTS = {name: field for field, names in _LISTS.items() for name in names.split()}

IDENTIFIERS = {
    "gtin": "gtin",
    "gtin8": "gtin",
    "gtin12": "upc",
    "gtin13": "ean",
    "gtin14": "gtin",
    "upc": "upc",
    "cup": "upc",
    "ean": "ean",
    "ean13": "ean",
    "isbn": "isbn",
    "isbn13": "isbn",
    "barcode": "gtin",
    "code_barres": "gtin",
    "mpn": "mpn",
    "modelno": "mpn",
    "model_no": "mpn",
    "model_number": "mpn",
    "part_number": "mpn",
    "no_modele": "mpn",
    "numero_de_modele": "mpn",
    "asin": "asin",
    "sku": "sku",
}
"""Normalised header or attribute name to identifier type."""

_LICENCE = re.compile(
    r"(?:no_|numero_|num_|licence_)?(npn|din|din_hm|pcp|nsm|ised|mdel)"
    r"(?:_(?:number|no|num|id|licence))?"
)
_NUMBERED_BULLET = re.compile(r"(?:bullet(?:_point)?|feature|key_feature|point_cle)_?\d+")
_BY_LANGUAGE = re.compile(r"(.+?)_(en|fr)(?:_ca)?")


LABELS = frozenset({"violates", "kind", "near"})
"""Keys of labelled examples, which are no part of a listing."""


class Target(NamedTuple):
    """Where a column goes: a group (`field`, `attributes`, `identifiers` ...) and its name."""

    group: str
    name: str
    lang: str | None = None


@short_cache(1024)
def normalise(header: str) -> str:
    """`Numéro d'article` and `g:image link` as `numero_d_article` and `image_link`."""
    plain = unicodedata.normalize("NFKD", header.strip().removeprefix("g:"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def ignored(label: str) -> str:
    """The warning about a key of labelled examples."""
    return f"'{label}' is no part of a listing and was ignored"


def licence_type(name: str) -> str | None:
    """`din-hm` of an attribute called `DIN-HM number`, None of one that names no licence."""
    match = _LICENCE.fullmatch(normalise(name))
    return match[1].replace("_", "-") if match else None


def identifier_type(name: str) -> str | None:
    """`ean` of a column or attribute called `EAN-13`, None of one that names no identifier."""
    return IDENTIFIERS.get(normalise(name))


def plan(headers: Iterable[str], mapping: Mapping[str, Target] | None = None) -> list[Target]:
    """A target for each header; what nothing else claims becomes an attribute."""
    names, mapping = list(headers), mapping or {}
    winners: dict[str, tuple[int, str]] = {}
    for name in names:
        field, rank = ALIASES.get(normalise(name), (None, 0))
        if field and name not in mapping:
            winners[field] = min(winners.get(field, (rank, name)), (rank, name))
    taken = {target.name for target in mapping.values() if target.group == "field"}
    claims = {name: field for field, (_, name) in winners.items() if field not in taken}
    return _distinct([mapping.get(name) or _target(name, claims) for name in names])


def _distinct(targets: Sequence[Target]) -> list[Target]:
    """The second `colour` attribute becomes `colour_2`, so that neither is lost."""
    taken, seen = set(targets), set[Target]()
    distinct = []
    for target in targets:
        again = target in seen and target.group in ("attributes", "field")
        seen.add(target)
        distinct.append(_free(target.name, taken) if again else target)
    return distinct


def _free(name: str, taken: set[Target]) -> Target:
    """The attribute `name_2`, or the next number that no other column has; it is then taken."""
    numbered = (Target("attributes", f"{name}_{n}") for n in count(2))
    free = next(target for target in numbered if target not in taken)
    taken.add(free)
    return free


def _target(header: str, claims: Mapping[str, str]) -> Target:
    name = normalise(header)
    if name in LABELS:
        return Target("label", header)
    if header in claims:
        return Target("field", claims[header])
    if header.lower().startswith(("attributes.", "attribute.", "attr.")):
        return Target("attributes", header.split(".", 1)[1])
    if name in LISTS or _NUMBERED_BULLET.fullmatch(name):
        return Target(LISTS.get(name, "bullets"), header)
    if kind := IDENTIFIERS.get(name):
        return Target("identifiers", kind)
    if kind := licence_type(header):
        return Target("licence_ids", kind)
    match = _BY_LANGUAGE.fullmatch(name)
    field = ALIASES.get(match[1], ("",))[0] if match else ""
    if match and field in ("title", "description"):
        return Target("field", field, match[2])
    return Target("attributes", header.strip())
