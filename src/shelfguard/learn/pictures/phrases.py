"""What sellers write on pictures, in English and French, in two halves."""

from __future__ import annotations

import random

HALVES: tuple[tuple[str, ...], tuple[str, ...]] = (
    (
        *("Livraison gratuite dès 49,99 $", "Appelez le 514-276-8899", "SALE -50%", "49,99 €"),
        *("jo.roy@example.org", "RABAIS 30 %", "Prix réduit : 19,95 $", "Lifetime warranty"),
        *("Été 2026 : soldes d'été", "Made in Canada", "No prescription needed", "NEW"),
        *("WhatsApp +1 438 555 0142", "Follow @kayakdelisle", "Hôtel près de la forêt"),
        *("Stainless steel bottle 750 ml", "Limited edition", "Nouveau", "Best seller"),
        *("Organic cotton T-shirt", "Size M / L / XL", "Paiement par virement", "Buy now"),
        *("Naïveté, maïs, Noël", "L'œuvre complète", "Envoi sous 24 h", "100 % authentique"),
    ),
    (
        *("Free shipping over $50", "Call 613 234-8899", "Écrivez à vente@kayakdelisle.ca"),
        *("$129.99", "2 for 1", "Garantie à vie", "Fabriqué au Québec", "Sans ordonnance"),
        *("www.kayakdelisle.ca", "Textez CANOT au 393939", "Ça coûte déjà moins cher"),
        *("Boîte à lunch isotherme", "Pièces détachées", "Édition limitée", "Meilleure vente"),
        *("100% coton biologique", "Réf. AB-1234-X", "Tél. : (418) 692-4455", "Only 3 left!"),
        *("Pay by e-transfer", "Crème brûlée", "Acheter maintenant", "-15 %", "Dernière chance"),
    ),
)
"""No phrase is in both: the first half is learned from, the second measured on."""

CAPITALS = 0.2
"""The share of phrases in capital letters only."""


def phrase(rng: random.Random, half: int) -> str:
    """A phrase of one half."""
    text = rng.choice(HALVES[half])
    return text.upper() if rng.random() < CAPITALS else text
