"""What an HTTP response, or its absence, means for a picture."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import httpcore2

from shelfguard.images.outcome import PictureError, Reason, TransientError
from shelfguard.retry_after import retry_after

TRANSIENT = frozenset({429, 500, 502, 503, 504})

REASONS = {
    401: Reason.ACCESS_DENIED,
    403: Reason.ACCESS_DENIED,
    404: Reason.NOT_FOUND,
    410: Reason.NOT_FOUND,
    429: Reason.RATE_LIMITED,
    451: Reason.ACCESS_DENIED,
}


def headers_of(response: httpcore2.Response) -> dict[str, str]:
    """Names in lower case; a header sent twice is one list (RFC 9110, section 5.3)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("ascii").lower(), raw_value.decode("utf-8", "replace")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def refusal(status: int, headers: Mapping[str, str]) -> PictureError:
    """What a status other than 200 says, as an error; some may pass by waiting."""
    problem = f"The server answered with status {status}"
    reason = REASONS.get(status, Reason.UNEXPECTED_STATUS)
    if status >= 500:
        reason = Reason.SERVER_ERROR
    if status in TRANSIENT:
        asked = retry_after(headers.get("retry-after", ""), datetime.now(UTC))
        return TransientError(reason, problem, asked)
    return PictureError(reason, problem)


@contextmanager
def network_errors() -> Iterator[None]:
    """Turn the client's errors into ours."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise TransientError(Reason.TIMEOUT, "The server did not answer in time") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        if any(isinstance(cause, ssl.SSLError) for cause in _causes(error)):
            problem = f"No secure connection: {error}"
            raise PictureError(Reason.TLS_FAILED, problem) from error
        raise TransientError(Reason.CONNECTION_FAILED, f"The connection failed: {error}") from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What an error came from: each library on the way wraps it once more, some silently."""
    while cause := error.__cause__ or error.__context__:
        yield cause
        error = cause
