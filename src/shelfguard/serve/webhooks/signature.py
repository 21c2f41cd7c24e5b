"""Signatures of webhooks, for those who send them and those who receive them.

Source: Standard Webhooks 1.0.0 (https://www.standardwebhooks.com), the symmetric scheme `v1`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence

from shelfguard.errors import FindingsError, ServeError

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret."""

TOLERANCE = 300
"""Seconds by which a message may be older or newer than the receiver's clock."""

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def read_secret(text: str) -> bytes:
    """The bytes of a secret, written as `whsec_` and Base64.

    Raises:
        ServeError: it is written otherwise, or has too few or too many bytes.
    """
    try:
        secret = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not SHORTEST <= len(secret) <= LONGEST:
        fix = "Make one: echo whsec_$(openssl rand -base64 32)"
        problem = f"no secret of {SHORTEST} to {LONGEST} bytes in Base64"
        raise ServeError(problem, fix=fix)
    return secret


def sign(secrets: Sequence[bytes], id_: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message: one signature for each secret, so that secrets can be rotated."""
    signatures = (_signature(secret, id_, str(timestamp), body) for secret in secrets)
    return {ID: id_, TIMESTAMP: str(timestamp), SIGNATURE: " ".join(signatures)}


def verify(secrets: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Check that a message was signed with one of the secrets, not long from `now`.

    `headers` are by lower-case name; `now` is in seconds since 1970. Takes the same time for any
    signature.

    Raises:
        FindingsError: a header is missing, the time is too far off, or no signature fits.
    """
    missing = [name for name in (ID, TIMESTAMP, SIGNATURE) if not headers.get(name)]
    if missing:
        raise FindingsError(f"not signed: no {' and no '.join(missing)}")
    id_, timestamp, given = (headers[name] for name in (ID, TIMESTAMP, SIGNATURE))
    _check_time(timestamp, now)
    expected = [_signature(secret, id_, timestamp, body).encode() for secret in secrets]
    parts = given.encode("utf-8", "replace").split(b" ")
    found = [hmac.compare_digest(a, b) for a in expected for b in parts]
    if not any(found):
        raise FindingsError("no signature fits", fix="Check the secret, and that no byte changed")


def _check_time(timestamp: str, now: float) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise FindingsError(f"{TIMESTAMP} is no number of seconds")
    if abs(now - int(timestamp)) > TOLERANCE:
        off = "old" if now > int(timestamp) else "far in the future"
        raise FindingsError(f"too {off}: more than {TOLERANCE} seconds", fix="Check both clocks")


def _signature(secret: bytes, id_: str, timestamp: str, body: bytes) -> str:
    signed = f"{id_}.{timestamp}.".encode("utf-8", "replace") + body
    digest = hmac.digest(secret, signed, "sha256")
    return "v1," + base64.b64encode(digest).decode()
