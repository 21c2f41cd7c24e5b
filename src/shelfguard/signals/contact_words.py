"""Words that a listing needs before it can lead a buyer off the site, and their patterns.

All are written as folding leaves them: lower case, no accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Literal

TLD = "com|ca|net|org|fr|co|io|shop|store|online|info|biz|me|eu|us|uk|qc|link|xyz|site|app"
MAIL = "gmail|hotmail|outlook|yahoo|icloud|proton(?:mail)?|videotron|sympatico"
PLATFORM = (
    r"(?:whats\W?ap\W?p|we ?chat|weixin|telegram|signal|snap(?:chat)?|insta(?:gram)?|ig"
    r"|messenger|facebook|fb|viber|discord|tiktok|kik)"
)
PAYMENT_MEANS = (
    r"(?:interac|e-?transfer|e transfer|emt|pay ?pal|venmo|cash ?app|zelle|bitcoin|btc|usdt"
    r"|crypto|western union|moneygram|(?:wire|bank) transfer|virement|cash|comptant|enveloppe)s?"
)
CUES = tuple(
    phrase
    for line in (
        "text me,call me,ring me,phone me,email me,e-mail me,write me at,writing to",
        "message me on,dm me,add me on,add our,contact me at,contact us at,reach me at",
        "reach us at,order direct,order from our site,order on our site,order on our website",
        "visit our website,off the app,off the site,off-platform,off platform,outside the site",
        "outside of the site,outside the app,outside this site,skip the fees,avoid the fees",
        "marketplace cut,skips the marketplace,buy direct from us,link in bio,link in my bio",
        "not go through checkout,scan the qr,scan the code,scan the black-and-white square",
        "scan our qr,scan to order,textez,texte-moi,texte moi,appelez-moi,appelez moi",
        "appelle-moi,appelle moi,ecrivez-moi a,ecrivez a,ecris-moi sur,contactez-moi au",
        "contactez-nous au,rejoignez-moi,rejoins-moi au,hors plateforme,hors du site,hors site",
        "sans passer par la plateforme,sans passer par le site,sans le site",
        "commandez sur notre site,passez commande sur,notre boutique en ligne,lien de ma bio",
        "lien en bio,lien dans ma bio,scannez le code,scannez le carre,scannez le qr",
        "eviter les frais,sans les frais du site,virement a ma,virement a mon",
        "my etsy,our etsy,etsy shop,ma boutique etsy,notre boutique etsy,my kijiji,mon kijiji",
        "mon site web,notre site web,our web store,my website,my web site,our own website",
        "outside of here,save the fee,saves the fee,save the fees,s'arranger ailleurs",
    )
    for phrase in line.split(",")
)
_SPELT = (
    "zero one two three four five six seven eight nine"
    "|oh un deux trois quatre cinq six sept huit neuf"
)
DIGITS = {word: str(i) for line in _SPELT.split("|") for i, word in enumerate(line.split())}

_DIRECT = (
    r"direct(?:ly|ement)?|off[- ](?:the )?(?:site|app|platform)|outside|hors|sans passer|avoid"
    r"|skip|eviter|friends (?:and|  ) family|(?:to|with) me\b|send (?:me|an?|the)\b"
    r"|my (?:account|daughter|son|wife|husband)|company account|a ma? |a mon |mon compte"
    r"|not through|instead of|au lieu d|plutot que|prefere|i (?:take|accept)|j'accepte|cheaper"
    r"|moins cher|% off"
)
EMAIL = re.compile(r"[a-z0-9][\w.+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?!\w)")
SPELT_EMAIL = re.compile(
    r"[\w.+-]+ ?[(\[]? ?(?<!\w)(?:at|arobase|arrobas|a commercial)(?!\w) ?[)\]]? ?[a-z0-9-]+"
    rf" ?[(\[]? ?\b(?:dot|d0t|point)\b ?[)\]]? ?(?:{TLD})\b"
    rf"|[\w.+-]+ ?[(\[]a[)\]] ?[a-z0-9-]+ ?[(\[.]? ?(?:dot|point)?[)\]]? ?(?:{TLD})\b"
    rf"|[\w.+-]+ ?[(\[]? ?(?<!\w)(?:at|arobase)(?!\w) ?[)\]]? ?(?:{MAIL})\b"
    rf"|\b(?:{MAIL})\b[^.!?]{{0,12}}(?:on the end|at the end|a la fin|au bout)"
    rf"|(?:same|identique|username|nom d'utilisateur|pseudo)[^.!?]{{0,40}}\b(?:{MAIL})\b"
    r"|(?<!\w)[a-z][a-z0-9-]{3,} (?:dot|d0t|point) (?:com|net|org)\b"
    r"|(?<!\w)[a-z][a-z0-9-]{3,} (?:dot|d0t) (?:ca|fr|co|shop|store)\b"
    r"|(?<![a-z] )(?<!\w)[\"'(+ ]d[o0]t\W{1,6}c\W?o\W?m\b"
)
URL = re.compile(
    r"(?:https?://|www\.|(?<!\w)(?:t|wa|m)\.me/)[^\s\"']{3,}"
    r"|(?<![\w@.-])(?P<host>[a-z0-9][a-z0-9-]{1,40}(?:\.[a-z0-9-]{2,40})?"
    rf"\.(?:{TLD}))(?![\w@-]|\.[a-z])(?:/[^\s\"']*)?"
)
_ASK = (
    r"(?:add|message|dm|msg|text|find|follow|reach|contact|search|ecri\w+|ajoute\w*|suive\w*"
    r"|rejoi\w+|contacte\w*|cherche\w*|trouve\w*)(?:-(?:moi|nous))?"
)
HANDLE = re.compile(
    rf"\b{PLATFORM}\b ?(?:(?:id|is|at|est)\b|[:(=])+ ?@?[a-z][\w.]*[\d_.-][\w.-]*\w(?!\w)"
    rf"|\b{PLATFORM}\b ?(?:(?:id|is|at|est)\b|[:(=])* ?@[\w.]{{3,}}"
    rf"|@[a-z][\w.]{{2,}}(?=[^.!?]{{0,30}}\b(?:on|sur|dm) {PLATFORM}\b)"
    rf"|[a-z0-9]\w*[._][\w.]*\w (?:on|sur) {PLATFORM}\b"
    rf"|\b{_ASK} (?:[\w-]+ ){{0,3}}(?:(?:on|sur|par|via|by|our|my|notre|mon) )+{PLATFORM}\b"
    rf"|\b{_ASK} (?:our|my|notre|mon) {PLATFORM}\b|\b{PLATFORM} (?:me|us|moi|nous)\b"
    r"|\b(?:dm|insta|ig|follow(?: us)?|suivez(?:-(?:nous|moi))?|abonnez-vous)\b[^.!?@]{0,20}"
    r"@[a-z][\w.]{2,}"
)
PAYMENT = re.compile(
    rf"(?:{_DIRECT})[^.!?]{{0,60}}\b{PAYMENT_MEANS}\b|\b{PAYMENT_MEANS}\b[^.!?]{{0,60}}(?:{_DIRECT})"
    rf"|\b(?:pay(?:ing)?|paid|paye\w*)(?: (?:by|with|in|via|par|en))? {PAYMENT_MEANS}\b"
    rf"|\b{PAYMENT_MEANS} (?:only|preferred|seulement|uniquement)\b"
)
_NUMBER = rf"(?:{'|'.join(sorted(DIGITS, key=len, reverse=True))}|double|triple|o?\d{{1,4}})"
SPELT_NUMBER = re.compile(
    rf"(?<!\w){_NUMBER}(?:(?:[\s,.–-]|puis|then|and|et){{1,8}}{_NUMBER}){{3,}}(?!\w)"
)
SHORT_CODE = re.compile(
    r"\b(?:text(?:ing|e[zr]?|o)?|txt(?:ing)?|sms|reply|repondez)\b[^.!?\d]{0,40}"
    r"(?<![\w'])(?<!up )(?:to|at|au|a):? (?P<code>\d{5,6})(?![\w-]|[.,]\d)"
)
"""`Text BIKE to 393939`: codes of five or six digits (Canadian Common Short Code Guidelines)."""

SPELT_PLATFORM = re.compile(r"w-?h-?a-?t-?s[ -]?a-?p-?p(?<!whatsapp)(?<!whats app)")

Family = Literal["address", "mail", "url", "platform", "payment", "number", "code", "cue", "phone"]


def clues() -> Iterator[tuple[str, Family]]:
    """Literals of which every finding but a plain phone number holds at least one."""
    listed: dict[Family, str] = {
        "address": "@",
        "url": "t.me/|wa.me/|m.me/|www.|http://|https://|.com|.ca|.net|.org|.fr|.co|.io|.shop|.store|.online|.info"
        "|.biz|.me|.eu|.us|.uk|.qc|.link|.xyz|.site|.app",
        "mail": "(a)|[a]|arobase|arrobas|a commercial|dot com|dot ca|dot net|d0t|dot|point com"
        "|point ca|gmail|hotmail|outlook|yahoo|icloud|proton|protonmail|videotron|sympatico",
        "platform": "whatsapp|whats app|whats ap|w-h-a-t-s|wechat|we chat|weixin|telegram|signal"
        "|snap|snapchat|insta|instagram|ig|messenger|facebook|fb|viber|discord|tiktok|kik",
        "payment": "interac|e-transfer|etransfer|e transfer|e-transfers|emt|paypal|pay pal|venmo"
        "|cash app|cashapp|cash|zelle|bitcoin|btc|usdt|crypto|western union|moneygram"
        "|wire transfer|bank transfer|virement|virements|comptant|enveloppe",
        "code": "text|texting|txt|txting|sms|texte|texter|texto|repondez|reply",
        "cue": "|".join(CUES),
    }
    yield from ((word, family) for family, line in listed.items() for word in line.split("|"))
    followers = (*DIGITS, "double", "triple")
    for one, gap in product(DIGITS, (" ", "-", ", ", ",")):
        yield from ((f"{one}{gap}{two}", "number") for two in followers)
        yield from ((f"{one}{gap}{digit}", "number") for digit in "0123456789")
