"""Who is at the door, from the first packet: how many connections, and how many of one address.

Only those whose caller the store does not know yet count for their address, so that one address
cannot keep others out, and a station of any number of benches behind one is served. Deciding only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from ipaddress import IPv6Address, ip_address

_SITE = 64
"""Bits of an IPv6 address that one site has for all its machines (RFC 6177)."""


class Guests:
    """Connections by their peer's address and port: `most` in all, `each` of strangers at one."""

    def __init__(self, most: int, each: int) -> None:
        self._most = most
        self._each = each
        self._strangers: dict[Hashable, str] = {}
        self._known: set[Hashable] = set()
        self._of_site: Counter[str] = Counter()

    def admit(self, peer: tuple[str, int]) -> bool:
        """Return whether a connection may stay; if so, it is here until it leaves."""
        its = site(peer[0])
        here = len(self._strangers) + len(self._known)
        if here >= self._most or self._of_site[its] >= self._each:
            return False
        self._strangers[peer] = its
        self._of_site[its] += 1
        return True

    def vouch(self, peer: tuple[str, int]) -> None:
        """Its caller is known to the store."""
        if peer in self._strangers:
            self._forget_stranger(peer)
            self._known.add(peer)

    def leave(self, peer: tuple[str, int]) -> None:
        """It has gone."""
        self._known.discard(peer)
        if peer in self._strangers:
            self._forget_stranger(peer)

    def _forget_stranger(self, peer: tuple[str, int]) -> None:
        its = self._strangers.pop(peer)
        self._of_site[its] -= 1
        if not self._of_site[its]:
            del self._of_site[its]


def site(address: str) -> str:
    """Return what stands for all the addresses that one machine may have: a /64 of IPv6."""
    try:
        its = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(its, IPv6Address):
        return str(its)
    if its.ipv4_mapped is not None:
        return str(its.ipv4_mapped)
    return str(IPv6Address(int(its) >> (128 - _SITE) << (128 - _SITE)))
