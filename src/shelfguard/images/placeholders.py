"""Words that stand where a picture should be."""

from __future__ import annotations

import re

from shelfguard.images.text_lines import TextLines

MOST_LINES = 4
"""A picture with more lines is of something that carries text."""

WORDS = re.compile(
    r"coming\s*soon|placeholder|(no|missing|without)\s*(image|photo|picture)s?\b"
    r"|(image|photo|picture)s?\s*((is|are)\s*)?(not\s*(yet\s*)?(available|found)|unavailable|missing)"
    r"|\b(image|photo|visuel)s?\s*(a|à)\s*venir|bient(o|ô)t\s*disponible"
    r"|(pas\s*d.?|aucune?\s*|sans\s*)(image|photo|visuel)"
    r"|(image|photo|visuel)\s*(non|pas|in)\s*-?disponible|(image|photo)\s*manquante",
    re.IGNORECASE,
)
"""As the blank pictures of shop software word it in English and French, accents lost or not."""


def is_placeholder_text(text: TextLines) -> bool:
    """Whether a picture says that there is none."""
    if len(text.lines) > MOST_LINES:
        return False
    return WORDS.search(" ".join(line.text for line in text.lines)) is not None
