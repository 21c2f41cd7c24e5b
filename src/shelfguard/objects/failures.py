"""What file systems and stores' clients raise, as errors that say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from shelfguard.errors import ShelfguardError, StoreError

NO_OBJECT = "there is no such file or object"
NO_BUCKET = "there is no such bucket"

_CHECK_PATH = "Check the path, and the name of the bucket."
_CAUSES = (
    (
        "NoCredentials|PartialCredentials|DefaultCredentials|RefreshError|with credentials",
        "no credentials were found",
        "Give them as the store's own client reads them: AWS_ACCESS_KEY_ID and its secret,"
        " GOOGLE_APPLICATION_CREDENTIALS, or AZURE_STORAGE_CONNECTION_STRING.",
    ),
    ("NoSuchBucket|ContainerNotFound", NO_BUCKET, _CHECK_PATH),
    (
        "PermissionError|Forbidden|AccessDenied|Authenticat|Authoriz|InvalidAccessKey|, 40[13]$",
        "access is refused",
        "Check the credentials that the store's client finds, and what they may do.",
    ),
    (
        "Connect|ServiceRequestError|Timeout",
        "the store cannot be reached",
        "Check the network, and the endpoint that the store's client was given.",
    ),
)
_SECRETS = re.compile(r"(?<=//)[^/@\s]*:[^/@\s]*@|\?\S+|\w*[Kk]ey=[^;\s]+")


@contextmanager
def explained(url: str, missing: str = NO_OBJECT) -> Iterator[None]:
    """Turn what is raised inside into a StoreError; `missing` is what it means if nothing is there.

    Raises:
        StoreError: anything but success.
    """
    try:
        yield
    except ShelfguardError:
        raise
    except Exception as error:
        problem, fix = _explanation(error, missing)
        raise StoreError(problem, file=_SECRETS.sub("", url), fix=fix) from error


def is_taken(error: Exception) -> bool:
    """Whether a file was not created because there is one."""
    return isinstance(error, FileExistsError) or _s3_code(error) in ("PreconditionFailed", "412")


def is_contested(error: Exception) -> bool:
    """Whether S3 gave up on creating a file because another writer was at it: try again."""
    return _s3_code(error) in ("ConditionalRequestConflict", "409")


def _s3_code(error: Exception) -> str | None:
    response = getattr(error.__cause__, "response", None)
    return response["Error"].get("Code") if isinstance(response, dict) else None


def _explanation(error: Exception, missing: str) -> tuple[str, str]:
    """The problem in words, and what to do."""
    text = f"{type(error).__name__} {_s3_code(error)}: {error}"
    for pattern, problem, fix in _CAUSES:
        if re.search(pattern, text):
            return problem, fix
    if isinstance(error, FileNotFoundError):
        return missing, _CHECK_PATH
    reason = str(getattr(error, "strerror", None) or error).strip() or type(error).__name__
    return _SECRETS.sub("", reason.splitlines()[0]).lower(), "Try again, or check the store."
