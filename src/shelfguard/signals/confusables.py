"""Letters of other scripts that look like Latin ones.

Condensed from the Unicode security data (UTS #39, confusables.txt, version 15.0.0): letters
only, one target each, without those that compatibility decomposition or a character name
already resolves. Open e is read as e, not as c; a few ligatures and stroked letters are added.
"""

from __future__ import annotations

CONFUSABLE = {
    char: latin
    for latin, chars in {
        "a": "\u0251\u0391\u03b1\u0410\u0430\u13aa\u15c5\ua4ee\uab7a\U000102a0\U00016f40",
        "ae": "\xc6\xe6\u04d4\u04d5",
        "b": (
            "\u0184\u0185\u0392\u0411\u0412\u042c\u0432\u0462\u0463\u048c\u048d\u13cf\u13f4\u13fc"
            "\u1472\u1473\u15af\u15f7\ua4d0\ua7b4\U00010282\U000102a1\U00010301"
        ),
        "c": (
            "\u03f2\u0421\u0441\u04aa\u04ab\u13df\u2c88\u2ca4\u2ca5\ua4da\uabaf\U000102a2"
            "\U00010302\U00010415\U00010429\U0001043d\U0001051c\U000118ce"
        ),
        "d": "\xd0\u0111\u0189\u0501\u13a0\u13e7\u146f\u15de\u15ea\ua4d2\ua4d3\uab70",
        "e": (
            "\u025b\u212e\u0395\u03b5\u03f5\u0404\u0415\u0435\u0454\u04bd\u04bf\u0511\u13ac\u2c89"
            "\u2d39\ua4f0\uab32\uab7c\uab9b\U00010286\U000118a6\U000118ae"
        ),
        "f": (
            "\u03dc\u0584\u15b4\u1e9d\ua4dd\uab35\U00010287\U000102a5\U00010525\U000118a2\U000118c2"
        ),
        "g": "\u018d\u0261\u050c\u050d\u0581\u13c0\u13f3\u13fb\ua4d6\uab90",
        "h": (
            "\u0397\u041d\u043d\u045b\u04a2\u04a3\u04bb\u04c7\u04c8\u04c9\u04ca\u0570\u13bb"
            "\u13c2\u13f2\u157c\u2c8e\ua4e7\ua695\uab8b\U000102cf"
        ),
        "i": (
            "\u0131\u0196\u0269\u0399\u03b9\u0406\u0456\u04c0\u04cf\u13a5\u13de\u1d7b\u1d7c"
            "\u2c92\u2cd0\ua647\uab75\U0001041b\U000118a3\U000118b2\U000118c3"
        ),
        "j": "\u037f\u03f3\u0408\u0458\u13ab\u148d\ua4d9\uab7b",
        "k": "\u039a\u03ba\u041a\u043a\u049a\u049e\u13e6\u16d5\u2c94\ua4d7\U00010518",
        "l": (
            "\u0142\u01c0\u07ca\u14aa\u16c1\u2cd1\u2d4f\ua4e1\ua4f2\uabae\U0001028a"
            "\U00010309\U00010443\U00010526\U00016f16\U00016f28"
        ),
        "m": (
            "\u039c\u03fa\u041c\u04cd\u13b7\u15f0\u16d6\u2c98\ua4df\U000102b0\U00010311\U00011700"
        ),
        "n": "\u039d\u03b7\u0438\u0578\u057c\u2c9a\ua4e0\U00010513",
        "o": (
            "\xf8\u0275\u0398\u039f\u03b8\u03bf\u03c3\u041e\u043e\u0472\u0473\u04e8\u04e9"
            "\u0555\u0585\u0b20\u0d20\u101d\u10ff\u12d0\u13be\u13eb\u1d11\u2c9e\u2c9f\u2d31"
            "\u2d41\u2d54\ua4f3\uab3d\uab3e\uab74\uab8e\uabbb\U00010292\U000102ab\U00010404"
            "\U0001042c\U000104c2\U000104ea\U00010516\U000118b5\U000118c8\U000118d7"
        ),
        "oe": "\u0152\u0153\u0276",
        "p": "\u03a1\u03c1\u0420\u0440\u13e2\u146d\u1d29\u2ca2\u2ca3\ua4d1\uabb2\U00010295",
        "q": "\u051b\u0563\u0566\u1d90\u2d55",
        "r": (
            "\u01a6\u0433\u0493\u13a1\u13d2\u1587\u1d26\u2c85\ua4e3\uab48\uab71\uab81\uaba2"
            "\U000104b4\U00016f35"
        ),
        "s": (
            "\u0405\u0455\u054f\u13d5\u13da\ua4e2\uabaa\U00010296\U00010420\U00010448"
            "\U000118c1\U00016f3a"
        ),
        "ss": "\xdf\u1e9e",
        "t": (
            "\u0167\u03a4\u03c4\u0422\u0442\u04ac\u04ad\u13a2\u13bf\u2ca6\ua4d4\uab72"
            "\U00010297\U000102b1\U00010315\U000118bc\U00016f0a"
        ),
        "th": "\xfe",
        "u": (
            "\u03c5\u054d\u057d\u1200\u13cc\u144c\u1d7e\ua4f4\ua79f\uab9c\U000104ce"
            "\U000104f6\U000118b8\U000118d8\U00016f42"
        ),
        "v": (
            "\u03bd\u0474\u0475\u13d9\u142f\u2d38\ua4e6\ua6df\uaba9\U0001051d\U00011706"
            "\U000118a0\U000118c0\U00016f08"
        ),
        "w": (
            "\u026f\u0461\u047d\u051c\u051d\u0561\u13b3\u13d4\ua4ea\ua761\uab83\U000114c5"
            "\U0001170a\U0001170e\U0001170f"
        ),
        "x": (
            "\u03a7\u0425\u0445\u04b2\u1541\u157d\u16b7\u2cac\u2d5d\ua4eb\ua7b3\U00010290"
            "\U000102b4\U00010317\U00010527"
        ),
        "y": (
            "\u0263\u03a5\u03b3\u0423\u0443\u04ae\u04af\u04b0\u04b1\u10e7\u13a9\u13bd\u2ca8"
            "\ua4ec\U000102b2\U000118a4\U000118dc\U00016f43"
        ),
        "z": "\u0396\u13c3\ua4dc\uab93\U000118a9\U000118c4",
    }.items()
    for char in chars
}
"""Look-alike to Latin, in lower case."""
