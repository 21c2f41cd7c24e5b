"""Which network addresses a picture may come from: public ones, and those an operator allows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

from shelfguard.errors import ShelfguardError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOST_NAME = re.compile(r"[0-9a-z_-]+(\.[0-9a-z_-]+)*")
WEB_PORTS = frozenset({80, 443})

REFUSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
"""What is not globally reachable by IANA's IPv4 Special-Purpose Address Registry (RFC 6890),
multicast, 6to4 relays, and Azure's metadata service, which has a public address. The metadata
services of other clouds are link-local, shared or protocol addresses."""

GLOBAL_V6 = IPv6Network("2000::/3")
"""The only part of IPv6 that IANA gives out as public addresses."""

REFUSED_V6 = tuple(
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""Exceptions in it: protocols (Teredo among them), documentation, 6to4."""

NAT64 = IPv6Network("64:ff9b::/96")
"""Where networks without IPv4 reach IPv4 addresses, which are the last 32 bits (RFC 6052)."""


def is_public(address: Address) -> bool:
    """Whether an address lies on the public internet, in whatever form it is written."""
    address = embedded(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in REFUSED_V4)
    return address in GLOBAL_V6 and not any(address in network for network in REFUSED_V6)


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv4-mapped or NAT64 address stands for; others are themselves."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


@dataclass(frozen=True, slots=True)
class Access:
    """What an operator allows beyond public addresses on the ports of the web."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = WEB_PORTS

    @classmethod
    def allowing(cls, *entries: str, ports: Iterable[int] = ()) -> Access:
        """Allow hosts ("cdn.internal") and networks ("10.2.0.0/16"), and ports beyond 80 and 443.

        Raises:
            ShelfguardError: an entry is neither.
        """
        networks = {entry: _network(entry) for entry in entries}
        return cls(
            frozenset(_host(entry) for entry, network in networks.items() if not network),
            tuple(network for network in networks.values() if network),
            WEB_PORTS | frozenset(ports),
        )

    def permits(self, host: str, address: Address) -> bool:
        """Whether to connect to `address` of the host `host` (in lower case)."""
        forms = (address, embedded(address))
        return (
            is_public(address)
            or host in self.hosts
            or any(form in network for network in self.networks for form in forms)
        )


def _network(entry: str) -> Network | None:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def _host(entry: str) -> str:
    host = entry.lower()
    if not HOST_NAME.fullmatch(host) or host.rpartition(".")[2].isdigit():
        raise ShelfguardError(
            f"'{entry}' is neither a host name nor a network",
            field="allow",
            fix="Name a host as in cdn.example.org or a network as in 10.2.0.0/16",
        )
    return host
