"""What comes of one picture: its bytes, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a picture could not be had or read. Reports and rules count on these values."""

    INVALID_URI = "invalid-uri"
    UNSUPPORTED_SCHEME = "unsupported-scheme"
    OUTSIDE_ROOT = "outside-root"
    NOT_A_FILE = "not-a-file"
    UNREADABLE = "unreadable"
    CREDENTIALS = "credentials-in-url"
    PORT = "port-not-allowed"
    PRIVATE_ADDRESS = "private-address"
    UNKNOWN_HOST = "unknown-host"
    CONNECTION_FAILED = "connection-failed"
    TLS_FAILED = "tls-failed"
    TIMEOUT = "timeout"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    NOT_FOUND = "not-found"
    ACCESS_DENIED = "access-denied"
    RATE_LIMITED = "rate-limited"
    SERVER_ERROR = "server-error"
    UNEXPECTED_STATUS = "unexpected-status"
    ENCODED = "encoded"
    TOO_LARGE = "too-large"
    OTHER_CONTENT = "other-content"
    UNEXPECTED = "unexpected"

    EMPTY = "empty"
    NOT_A_PICTURE = "not-a-picture"
    SVG = "svg"
    UNSUPPORTED = "unsupported"
    TOO_MANY_PIXELS = "too-many-pixels"
    BOMB = "bomb"
    TRUNCATED = "truncated"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no picture: a reason for machines, a sentence for people."""

    reason: Reason
    problem: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a picture, their SHA-256, and where they came from after redirects.

    `location` is a URL, or the path of a local file.
    """

    data: bytes
    sha256: str
    location: str


class PictureError(Exception):
    """Ends the work on one picture; never leaves this package."""

    def __init__(self, reason: Reason, problem: str) -> None:
        super().__init__(problem)
        self.failure = Failure(reason, problem)


class TransientError(PictureError):
    """What may go well when tried again, after `wait` seconds where the server asked for that."""

    def __init__(self, reason: Reason, problem: str, wait: float | None = None) -> None:
        super().__init__(reason, problem)
        self.wait = wait
