"""Shown text of HTML: tags dropped, entities decoded, what a browser hides skipped."""

from __future__ import annotations

import html
import re

from shelfguard.signals.edits import Edit, apply

_INLINE = "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small"
_INLINE += " span strike strong sub sup tt u var wbr"
_BLOCK = "address area article aside audio base blockquote body br button canvas caption center"
_BLOCK += " col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form"
_BLOCK += " frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe img input label legend li"
_BLOCK += " link main map menu meta nav noscript object ol optgroup option p param picture pre"
_BLOCK += " script section select source style summary svg table tbody td template textarea tfoot"
_BLOCK += " th thead time title tr track ul video"

_NAMES = "|".join(f"{_INLINE} {_BLOCK}".split())
_ENTITY = r"&(?:\#\d{1,7}|\#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});"
_TAG = rf"</?(?P<name>{_NAMES})(?:[\s/][^<>]*)?>"
_UNSEEN = r"<(?P<unseen>script|style)\b.*?(?:</(?P=unseen)\s*>|\Z)|<[!?](?!--)[^<>]*>"
_COMMENT = r"(?P<comment><!--.*?(?:-->|\Z))"
_INVISIBLE = r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])"
_HIDDEN = (
    rf"(?P<hidden><(?P<hides>{'|'.join(_INLINE.split())}|div|p)\b"
    rf"(?=[^<>]*?(?:{_INVISIBLE}|\shidden\b))[^<>]*>[^<>]*</(?P=hides)\s*>)"
)
"""One scan of the attributes, so that a hostile tag costs no more than its length."""

MARKUP = re.compile(rf"{_UNSEEN}|{_COMMENT}|{_HIDDEN}|{_TAG}|{_ENTITY}", re.IGNORECASE | re.DOTALL)
"""Anything that a browser would not show as it is written."""

ROUNDS = 3
"""Feeds escape markup twice, now and then; deeper nesting stays as it is."""

_INLINE_NAMES = frozenset(_INLINE.split())


def has_markup(text: str) -> bool:
    """Whether `markup_edits` would change the text; fast where signs are rare."""
    for sign in "<&":
        at = text.find(sign)
        while at >= 0:
            if MARKUP.match(text, at):
                return True
            at = text.find(sign, at + 1)
    return False


def markup_edits(text: str) -> list[Edit]:
    """Edits that leave what a browser would show, blocks on lines of their own."""
    return [
        Edit(*match.span(), shown)
        for match in MARKUP.finditer(text)
        if (shown := _shown(match)) != match[0]
    ]


def shown_text(text: str) -> str:
    """The text that a reader sees: tags gone, entities decoded."""
    for _ in range(ROUNDS):
        edits = markup_edits(text)
        if not edits:
            break
        text = apply(text, edits)
    return text


def _shown(match: re.Match[str]) -> str:
    if match[0].startswith("&"):
        return html.unescape(match[0])
    if match["comment"] or match["hidden"]:
        return ""
    name = match["name"]
    return "" if name and name.lower() in _INLINE_NAMES else "\n"
