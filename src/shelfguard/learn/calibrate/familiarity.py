"""From which rarity on a listing is unlike anything seen: split conformal novelty detection.

Laxhammar and Falkman, "Conformal prediction for distribution-independent anomaly detection in
streaming vehicle data" (2010); Bates, Candès, Lei, Romano and Sesia, "Testing for outliers with
conformal p-values" (2023). Rarity is the student's mean inverse document frequency of a
listing's words: cheap, since the student reads every listing anyway.
"""

from __future__ import annotations

import numpy as np

from shelfguard.learn.data.corpus import Floats

FALSE_ALARMS = 0.001
"""The share of listings like the held-out ones that may go to a person for their rarity alone."""


def solve(*samples: Floats) -> float | None:
    """The rarity above which a listing is unfamiliar; None where too few are held out.

    Each sample of held-out listings' rarities that is large enough, such as written and real ones,
    keeps its share of false alarms.
    """
    solved = map(novelty_threshold, samples)
    return max((one for one in solved if one is not None), default=None)


def novelty_threshold(rarity: Floats, false_alarms: float = FALSE_ALARMS) -> float | None:
    """The lowest rarity that one more draw exceeds with at most this probability.

    The k-th smallest of n, k = ceil((n + 1) x (1 - false alarms)); None where k > n.
    """
    rank = int(np.ceil((len(rarity) + 1) * (1 - false_alarms)))
    return float(np.sort(rarity)[rank - 1]) if 0 < rank <= len(rarity) else None
