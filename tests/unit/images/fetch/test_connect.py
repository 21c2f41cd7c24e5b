from __future__ import annotations

import socket
from collections.abc import Sequence

import anyio
import pytest

httpcore2 = pytest.importorskip("httpcore2")

from shelfguard.images.fetch.addresses import Access  # noqa: E402
from shelfguard.images.fetch.connect import CheckedBackend  # noqa: E402
from shelfguard.images.outcome import PictureError, Reason, TransientError  # noqa: E402
from tests.unit.images.fetch.site import Site  # noqa: E402


class Names:
    """A name server whose answers a test scripts, one after the other."""

    def __init__(self, *answers: Sequence[str] | Exception) -> None:
        self.answers = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def connect(access: Access, names: Names, port: int = 80) -> None:
    async def once() -> None:
        stream = await CheckedBackend(access, names).connect_tcp("shop.example", port, timeout=5)
        await stream.aclose()

    anyio.run(once)


def refusal(access: Access, names: Names, port: int = 80) -> PictureError:
    with pytest.raises(PictureError) as caught:
        connect(access, names, port)
    return caught.value


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fe80::1%2"]
)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    assert refusal(Access(), Names([address])).failure.reason == Reason.PRIVATE_ADDRESS


def test_the_checked_address_is_the_one_connected_to(site: Site) -> None:
    rebinding = Names(["127.0.0.1"], ["10.0.0.1"])
    connect(Access.allowing("127.0.0.1", ports=[site.port]), rebinding, site.port)
    assert rebinding.answers == [["10.0.0.1"]]  # never asked again


def test_each_connection_looks_up_and_checks_again(site: Site) -> None:
    access, names = Access.allowing("127.0.0.1", ports=[site.port]), Names(["127.0.0.1"], ["::1"])
    connect(access, names, site.port)
    assert refusal(access, names, site.port).failure.reason == Reason.PRIVATE_ADDRESS


def test_of_several_addresses_the_permitted_are_tried(site: Site) -> None:
    names = Names(["10.0.0.1", "::1", "127.0.0.1"])
    connect(Access.allowing("127.0.0.1", "::1", ports=[site.port]), names, site.port)


def test_where_no_address_answers_the_last_error_is_told(site: Site) -> None:
    site_closed = socket.create_server(("127.0.0.1", 0))
    port = site_closed.getsockname()[1]
    site_closed.close()
    with pytest.raises(httpcore2.ConnectError):
        connect(Access.allowing("127.0.0.1", ports=[port]), Names(["127.0.0.1"]), port)


def test_only_the_ports_of_the_web_are_reached() -> None:
    refused = refusal(Access.allowing("127.0.0.1"), Names(), port=22)
    assert refused.failure.reason == Reason.PORT


def test_an_unknown_name_is_told_from_a_name_server_in_trouble() -> None:
    unknown = refusal(Access(), Names(socket.gaierror(socket.EAI_NONAME, "unknown")))
    assert unknown.failure.reason == Reason.UNKNOWN_HOST
    assert not isinstance(unknown, TransientError)
    trouble = refusal(Access(), Names(socket.gaierror(socket.EAI_AGAIN, "later")))
    assert isinstance(trouble, TransientError)
    assert refusal(Access(), Names([])).failure.reason == Reason.UNKNOWN_HOST
    assert refusal(Access(), Names(UnicodeError("too long"))).failure.reason == Reason.UNKNOWN_HOST
