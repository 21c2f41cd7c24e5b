"""Why listings were not decided, as the client is told and as the metrics count it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from shelfguard.errors import StoreError
from shelfguard.serve.deciding.job import TooLate, Unfit
from shelfguard.serve.deciding.service import Busy
from shelfguard.serve.measures import Measures
from shelfguard.serve.problems import Problem

log = logging.getLogger(__name__)


@contextmanager
def refusals(measures: Measures, seconds: float) -> Iterator[None]:
    """Turn what keeps a request from being decided within `seconds` into a problem.

    Raises:
        Problem: 422, 429, 503 or 504.
    """
    try:
        yield
    except Busy as busy:
        measures.refused.labels("busy").inc()
        detail = f"The queue is too long to answer within {seconds:g} s"
        headers = {"retry-after": str(busy.retry_after)}
        raise Problem(429, "Too busy", detail, headers=headers) from None
    except TooLate:
        measures.refused.labels("late").inc()
        raise Problem(504, "Too late", f"No decision within {seconds:g} s") from None
    except Unfit as unfit:
        detail = "Listings that cannot be read"
        faults = [{"listing": place, "message": why} for place, why in unfit.reasons.items()]
        raise Problem(422, "Invalid request", detail, errors=faults) from None
    except StoreError as error:
        log.error("a decision could not be kept: %s", error)
        detail = "The decision could not be kept, so it does not count. Send it again"
        raise Problem(503, "Not kept", detail, headers={"retry-after": "1"}) from error
