from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import ShelfguardError
from shelfguard.images.fetch.addresses import Access, embedded, is_public


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::10.0.0.1",
        "2001:0:7f00:1::",
        "2002:7f00:1::",
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_what_is_not_on_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    assert not Access().permits("shop.example", ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"]
)
def test_public_addresses_are_permitted(address: str) -> None:
    assert Access().permits("shop.example", ip_address(address))


@settings(deadline=None)
@given(st.ip_addresses())
def test_nothing_that_the_standard_library_calls_private_is_public(
    address: IPv4Address | IPv6Address,
) -> None:
    assert not is_public(address) or embedded(address).is_global


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_each_form(address: IPv4Address) -> None:
    mapped = IPv6Address(f"::ffff:{address}")
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) + int(address))
    assert is_public(address) == is_public(mapped) == is_public(translated)


def test_an_operator_allows_networks_and_hosts() -> None:
    access = Access.allowing("10.2.0.0/16", "fd00::/64", "CDN.Internal", ports=[8443])
    assert access.permits("any", ip_address("10.2.3.4"))
    assert access.permits("any", ip_address("::ffff:10.2.3.4"))
    assert access.permits("any", ip_address("fd00::1"))
    assert access.permits("cdn.internal", ip_address("192.168.0.1"))
    assert not access.permits("any", ip_address("10.3.0.1"))
    assert access.ports == {80, 443, 8443}


@pytest.mark.parametrize("entry", ["10.2.0.1/16", "10.0.0", "http://cdn.internal", "", "a b"])
def test_an_entry_that_is_neither_is_refused_by_name(entry: str) -> None:
    with pytest.raises(ShelfguardError, match=r"is neither a host name nor a network.*Name a host"):
        Access.allowing(entry)
