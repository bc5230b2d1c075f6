"""Trees of made-up leaves, and what the RFC defines, written down as it stands there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from bench.custody.proof.merkle import Tree

CT_ENTRIES = tuple(
    map(
        bytes.fromhex,
        (
            "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ),
    )
)  # fmt: skip
"""The entries that the implementations of Certificate Transparency are tested with."""
CT_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def leaves(count: int, mark: str = "") -> list[bytes]:
    return [leaf(f"{mark}{number}".encode()) for number in range(count)]


def tree_of(hashes: Sequence[bytes]) -> Tree:
    return Tree(reader_of(hashes))


def reader_of(hashes: Sequence[bytes]) -> Callable[[int, int], Iterable[bytes]]:
    return lambda lo, hi: hashes[lo:hi]


def mth(hashes: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, clause 2.1, over leaf hashes."""
    match len(hashes):
        case 0:
            return hashlib.sha256(b"").digest()
        case 1:
            return hashes[0]
        case n:
            k = _k(n)
            return hashlib.sha256(b"\x01" + mth(hashes[:k]) + mth(hashes[k:])).digest()


def path(m: int, hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """PATH of RFC 6962, clause 2.1.1."""
    n = len(hashes)
    if n == 1:
        return ()
    k = _k(n)
    if m < k:
        return (*path(m, hashes[:k]), mth(hashes[k:]))
    return (*path(m - k, hashes[k:]), mth(hashes[:k]))


def proof(m: int, hashes: Sequence[bytes], *, whole: bool = True) -> tuple[bytes, ...]:
    """SUBPROOF of RFC 6962, clause 2.1.2."""
    n = len(hashes)
    if m == n:
        return () if whole else (mth(hashes),)
    k = _k(n)
    if m <= k:
        return (*proof(m, hashes[:k], whole=whole), mth(hashes[k:]))
    return (*proof(m - k, hashes[k:], whole=False), mth(hashes[:k]))


def _k(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k
