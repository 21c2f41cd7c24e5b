"""The file of endpoints: what it may say, and errors that name line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelfguard.decision import Outcome
from shelfguard.errors import ServeError
from shelfguard.serve.webhooks.endpoints import TOLD, Endpoint, read_endpoints
from tests.unit.serve.webhooks.receiver import SECRET

WRITTEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def read(folder: Path, text: str) -> list[Endpoint]:
    file = folder / "webhooks.yaml"
    file.write_text(text, "utf-8")
    return read_endpoints(file)


def entry(url: str = "https://example.org/hook", more: str = f"secrets: [{WRITTEN}]") -> str:
    return f"endpoints:\n  - name: desk\n    url: {url}\n    {more}\n"


def test_an_endpoint_is_told_what_a_person_must_see(tmp_path: Path) -> None:
    (endpoint,) = read(tmp_path, entry())
    assert (endpoint.name, endpoint.url) == ("desk", "https://example.org/hook")
    assert endpoint.secrets == (SECRET,)
    assert endpoint.outcomes == set(TOLD)


def test_it_may_ask_for_other_outcomes(tmp_path: Path) -> None:
    (endpoint,) = read(tmp_path, entry(more=f"secrets: [{WRITTEN}]\n    outcomes: [allow, warn]"))
    assert endpoint.outcomes == {Outcome.ALLOW, Outcome.WARN}


def test_secrets_are_read_from_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "new.secret").write_text("whsec_" + "QUFB" * 8 + "\n")
    (tmp_path / "old.secret").write_text(WRITTEN)
    (endpoint,) = read(tmp_path, entry(more="secret_files: [new.secret, old.secret]"))
    assert endpoint.secrets == (b"A" * 24, SECRET)


def test_an_endpoint_shows_no_secret(tmp_path: Path) -> None:
    assert str(SECRET) not in repr(read(tmp_path, entry()))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/hook", "http://localhost/hook", "http://[::1]:80/hook"]
)
def test_this_machine_may_be_told_without_encryption(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, entry(f'"{url}"'))[0].url == url


@pytest.mark.parametrize(
    ("text", "line", "field", "problem"),
    [
        ("endpoints: []\n", 1, "endpoints", "at least 1"),
        ("endpoint: []\n", 1, "endpoint", "Did you mean 'endpoints'"),
        (entry("http://example.org/hook"), 3, "endpoints[0].url", "https"),
        (entry("ftp://example.org/hook"), 3, "endpoints[0].url", "https"),
        (entry("https://user:word@example.org/"), 3, "endpoints[0].url", "password"),
        (entry("example.org"), 3, "endpoints[0].url", "address such as"),
        (entry('"https://["'), 3, "endpoints[0].url", "IPv6"),
        (entry(more="outcomes: [deny]"), 4, "endpoints[0].outcomes[0]", "not one of"),
        (entry(more="outcomes: [block]"), 2, "endpoints[0]", "has no secret"),
        (entry(more="secrets: [QUFB]"), 4, "endpoints[0].secrets[0]", "24 to 64 bytes"),
        (entry(more="secret_files: [gone]"), 4, "endpoints[0].secret_files[0]", "No such file"),
        (entry() + entry()[11:], 5, "endpoints[1].name", "two endpoints are called 'desk'"),
        (entry(more="colour: red"), 4, "endpoints[0].colour", "unknown key"),
        ("endpoints: [\n", 2, None, "not YAML"),
        ("", None, None, "empty"),
    ],
)
def test_an_error_names_line_and_field(
    tmp_path: Path, text: str, line: int | None, field: str | None, problem: str
) -> None:
    with pytest.raises(ServeError) as raised:
        read(tmp_path, text)
    message = str(raised.value)
    place = f"webhooks.yaml:{line}" if line else "webhooks.yaml"
    assert place in message
    assert field is None or f"'{field}'" in message
    assert problem in message


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="No such file"):
        read_endpoints(tmp_path / "webhooks.yaml")


def test_errors_repeat_no_secret(tmp_path: Path) -> None:
    with pytest.raises(ServeError) as raised:
        read(tmp_path, entry(more="secrets: [not-quite-a-secret-but-close]"))
    assert "close" not in str(raised.value)
