"""Which hosts NO_PROXY keeps away from a proxy, by the rules that curl documents."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

BRACKETS: Final = re.compile(r"^\[([^\]]*)\](?=/|$)")
"""Around an IPv6 address, as in a URL."""


def excluded(no_proxy: str, host: str, port: int) -> bool:
    """Tell whether NO_PROXY excludes a host.

    curl's rules: `*` is every host; a name is itself and what is below it, with a dot in front or
    not; an address may stand for a network (CIDR). As elsewhere, an entry may end in a port, and
    `*.name` is a name.
    """
    return any(_excludes(entry, host, port) for entry in no_proxy.replace(",", " ").split())


def _excludes(entry: str, host: str, port: int) -> bool:
    name, number = _split(entry)
    if number not in {"", str(port)}:
        return False
    network, address = _network(name), _network(host)
    if name == "*":
        return True
    if address is None:
        return _is_below(host, name)
    if isinstance(network, IPv4Network) and isinstance(address, IPv4Network):
        return address.subnet_of(network)
    if isinstance(network, IPv6Network) and isinstance(address, IPv6Network):
        return address.subnet_of(network)
    return False


def _split(entry: str) -> tuple[str, str]:
    """Split `host:port`; the colons of an IPv6 address without brackets are its own."""
    if _network(entry) is not None:
        return entry, ""
    name, colon, number = entry.rpartition(":")
    return (name, number) if colon else (entry, "")


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """Read an address or a network; None for a name."""
    try:
        found = ip_network(BRACKETS.sub(r"\1", text), strict=False)
    except ValueError:
        return None
    if isinstance(found, IPv4Network) or found.num_addresses > 1:
        return found
    mapped = found.network_address.ipv4_mapped
    return ip_network(mapped) if mapped else found


def _is_below(host: str, name: str) -> bool:
    """Tell whether a host is a name, or stands below it."""
    suffix = name.removeprefix("*").strip(".").lower()
    return f".{host.rstrip('.').lower()}".endswith(f".{suffix}")
