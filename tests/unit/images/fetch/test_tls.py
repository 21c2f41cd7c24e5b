"""TLS verifies the name in the URL, although the connection goes to a looked-up address."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("httpcore2")
pytest.importorskip("cryptography")

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from shelfguard.images.fetch.addresses import Access
from shelfguard.images.fetch.fetcher import Fetcher
from shelfguard.images.outcome import Failure, Fetched, Reason
from tests.unit.images.fetch.site import Site, reply, serve


def certificate(file: Path, name: x509.GeneralName) -> None:
    """A key and its self-signed certificate for a name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(pem))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "server.pem"


@pytest.fixture
def secure_site(file: Path) -> Iterator[Site]:
    certificate(file, x509.DNSName("localhost"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with serve(context) as running:
        running.on("/1.jpg", reply(body=b"a picture"))
        yield running


def fetch(site: Site, host: str) -> Fetched | Failure:
    access = Access.allowing("127.0.0.0/8", "::1", ports=[site.port])
    with Fetcher(access=access) as opened:
        return opened.fetch([f"https://{host}:{site.port}/1.jpg"])[0]


def test_a_certificate_for_the_name_is_accepted(
    secure_site: Site, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert isinstance(fetch(secure_site, "localhost"), Fetched)


def test_a_certificate_for_another_name_is_refused(
    secure_site: Site, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    found = fetch(secure_site, "127.0.0.1")
    assert isinstance(found, Failure)
    assert found.reason == Reason.TLS_FAILED


def test_a_certificate_of_nobody_known_is_refused(secure_site: Site) -> None:
    found = fetch(secure_site, "localhost")
    assert isinstance(found, Failure)
    assert found.reason == Reason.TLS_FAILED
