"""The Merkle tree over the record's leaves (RFC 6962, clause 2.1; checked as RFC 9162, 2.1 says).

A `Tree` reads leaf hashes from wherever they lie, a chunk at a time, and keeps the hashes of whole
chunks: a million leaves cost some two thousand hashes of memory, and proofs share the work. It
may be asked for any size; leaves once read may not change while it lives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from bench.custody.proof.encoding import HASH_LENGTH

Leaves: TypeAlias = Callable[[int, int], Iterable[bytes]]
"""Yields the 32-byte leaf hashes of lo <= index < hi, in order."""
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, clause 2.1)."""
_CHUNK = 1024
"""Leaves read at once; a power of two, so that chunks are subtrees."""


class ProofError(ValueError):
    """A proof does not prove what it is said to, or was asked for beyond the tree."""


class Tree:
    """The tree over `leaves`; each method names the size that it speaks of."""

    __slots__ = ("_known", "_leaves")

    def __init__(self, leaves: Leaves) -> None:
        self._leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` leaves: 32 bytes. `ProofError` if there are fewer.

        RFC 6962, clause 2.1.
        """
        if size < 0:
            raise ProofError(f"A tree has no size of {size}.")
        return self._hash(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the audit path of leaf `index` (from 0) in the tree of `size` leaves.

        RFC 6962, clause 2.1.1: from the leaf's sibling up to the root's child.
        """
        if not 0 <= index < size:
            raise ProofError(f"Leaf {index} is not in a tree of {size}.")
        return tuple(self._siblings(index, 0, size))[::-1]

    def consistency(self, old: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of `size` leaves begins with that of `old` leaves.

        RFC 6962, clause 2.1.2; empty where either `old` is 0 or both are the same.
        """
        if not 0 <= old <= size:
            raise ProofError(f"A tree of {size} leaves has no beginning of {old}.")
        return tuple(self._differences(old, size))[::-1] if 0 < old < size else ()

    def _siblings(self, index: int, lo: int, hi: int) -> Iterable[bytes]:
        """Yield the siblings on the way down to the leaf, the uppermost first."""
        while hi - lo > 1:
            middle = lo + _split(hi - lo)
            if index < middle:
                yield self._hash(middle, hi)
                hi = middle
            else:
                yield self._hash(lo, middle)
                lo = middle

    def _differences(self, old: int, size: int) -> Iterable[bytes]:
        """Yield SUBPROOF of RFC 6962, clause 2.1.2, the uppermost hash first."""
        lo, hi = 0, size
        while old < hi:
            middle = lo + _split(hi - lo)
            if old <= middle:
                yield self._hash(middle, hi)
                hi = middle
            else:
                yield self._hash(lo, middle)
                lo = middle
        if lo:
            yield self._hash(lo, hi)

    def _hash(self, lo: int, hi: int) -> bytes:
        """Return MTH(D[lo:hi]) of RFC 6962, clause 2.1."""
        if hi - lo < _CHUNK:
            return self._read(lo, hi)
        known = self._known.get((lo, hi))
        if known is None:
            known = self._known[lo, hi] = self._computed(lo, hi)
        return known

    def _computed(self, lo: int, hi: int) -> bytes:
        if hi - lo == _CHUNK:
            return self._read(lo, hi)
        middle = lo + _split(hi - lo)
        return node_hash(self._hash(lo, middle), self._hash(middle, hi))

    def _read(self, lo: int, hi: int) -> bytes:
        """Hash leaves as they come: after leaf n, one node closes for each zero that ends n."""
        open_nodes: list[bytes] = []
        count = 0
        for leaf in self._leaves(lo, hi):
            count += 1
            node, rest = leaf, count
            while not rest & 1:
                node, rest = node_hash(open_nodes.pop(), node), rest >> 1
            open_nodes.append(node)
        if count != hi - lo:
            raise ProofError(f"There are {count} leaves, not {hi - lo}, from {lo} on.")
        return _folded(open_nodes)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32 bytes over two others (RFC 6962, clause 2.1: the node prefix is 0x01)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that this leaf hash, there, with this path, leads to.

    RFC 9162, clause 2.1.3.2. Raises `ProofError` for an index beyond `size`, a hash missing or left
    over. Whether it is the root that was signed is the caller's comparison.
    """
    if not 0 <= index < size:
        raise ProofError(f"Leaf {index} is not in a tree of {size}.")
    _refuse_other_hashes(leaf, *path)
    number, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("The proof has a hash left over.")
        if number & 1 or number == last:
            root = node_hash(sibling, root)
            number, last = _up_to_the_right(number, last)
        else:
            root = node_hash(root, sibling)
        number, last = number >> 1, last >> 1
    if last:
        raise ProofError("The proof lacks a hash.")
    return root


def check_consistency(
    old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]
) -> None:
    """Raise `ProofError` unless `path` proves that the tree of `size` begins with that of `old`.

    RFC 9162, clause 2.1.4.2; an empty tree begins every other, with an empty path.
    """
    if not 0 <= old <= size:
        raise ProofError(f"A tree of {size} leaves has no beginning of {old}.")
    _refuse_other_hashes(old_root, root, *path)
    _check_empty(old, old_root)
    _check_empty(size, root)
    if old in (0, size):
        _check_no_path(path)
        if old == size and old_root != root:
            raise ProofError("Two roots of one size.")
    elif _roots_from_consistency(old, old_root, size, path) != (old_root, root):
        raise ProofError("The larger tree does not begin with the smaller.")


def _roots_from_consistency(
    old: int, old_root: bytes, size: int, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return both roots that the path leads to, for 0 < old < size."""
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    if not path:
        raise ProofError("The proof lacks a hash.")
    number, last = _while_odd(old - 1, size - 1)
    old_found = found = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofError("The proof has a hash left over.")
        if number & 1 or number == last:
            old_found, found = node_hash(sibling, old_found), node_hash(sibling, found)
            number, last = _up_to_the_right(number, last)
        else:
            found = node_hash(found, sibling)
        number, last = number >> 1, last >> 1
    if last:
        raise ProofError("The proof lacks a hash.")
    return old_found, found


def _up_to_the_right(number: int, last: int) -> tuple[int, int]:
    """Skip the floors on which the last node has no sibling."""
    while number and not number & 1:
        number, last = number >> 1, last >> 1
    return number, last


def _while_odd(number: int, last: int) -> tuple[int, int]:
    while number & 1:
        number, last = number >> 1, last >> 1
    return number, last


def _split(count: int) -> int:
    """Return the largest power of two smaller than `count`, which is at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _folded(open_nodes: list[bytes]) -> bytes:
    root = open_nodes.pop()
    while open_nodes:
        root = node_hash(open_nodes.pop(), root)
    return root


def _check_empty(size: int, root: bytes) -> None:
    if size == 0 and root != EMPTY_ROOT:
        raise ProofError("An empty tree has another root.")


def _check_no_path(path: Sequence[bytes]) -> None:
    if path:
        raise ProofError("The proof has a hash left over.")


def _refuse_other_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_LENGTH for each in hashes):
        raise ProofError(f"A hash has {HASH_LENGTH} bytes.")
