"""Connections to checked addresses only, whatever a name or a redirect says.

A host is looked up once, each address is judged, and the connection goes to a judged address: a
second look-up could answer otherwise (DNS rebinding). TLS still verifies the name in the URL.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address

import anyio
import httpcore2
from httpcore2 import SOCKET_OPTION, AsyncNetworkStream

from shelfguard.images.fetch.addresses import Access
from shelfguard.images.outcome import PictureError, Reason, TransientError

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]


async def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the system's resolver gives them; odd spellings included."""
    found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(address[0] for *_, address in found))


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """The network as httpcore sees it: only what `access` permits can be reached."""

    def __init__(self, access: Access, look_up: LookUp = look_up) -> None:
        self._access, self._look_up = access, look_up
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to the first permitted address that answers; they share the timeout (seconds).

        Raises:
            PictureError: port or addresses are not permitted, or the host is unknown.
            httpcore2.ConnectError, httpcore2.ConnectTimeout: no address answers.
        """
        addresses = await self._permitted(host, port)
        share = None if timeout is None else timeout / len(addresses)
        failures: list[Exception] = []
        for address in addresses:
            try:
                return await self._network.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                failures.append(failure)
        raise failures[-1]

    async def _permitted(self, host: str, port: int) -> Sequence[str]:
        if port not in self._access.ports:
            raise PictureError(Reason.PORT, f"Port {port} of {host} is not allowed")
        found = await self._addresses(host, port)
        permitted = [each for each in found if self._access.permits(host, ip_address(each))]
        if not permitted:
            problem = f"{host} is at {found[0]}, which is no address of the public internet"
            raise PictureError(Reason.PRIVATE_ADDRESS, problem)
        return permitted

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = await self._look_up(host, port)
        except (OSError, UnicodeError) as error:  # UnicodeError: longer than names may be
            problem = f"{host} cannot be looked up: {error}"
            passing = isinstance(error, OSError) and error.errno == socket.EAI_AGAIN
            kind = TransientError if passing else PictureError
            raise kind(Reason.UNKNOWN_HOST, problem) from error
        if not found:
            raise PictureError(Reason.UNKNOWN_HOST, f"{host} has no address")
        return found
