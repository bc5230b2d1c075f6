"""The edge of a growing Merkle tree: what is needed to add leaves, and nothing older.

One hash for each bit set in the size: at most 20 for a million leaves (RFC 6962, clause 2.1).
"""

from __future__ import annotations

from collections.abc import Iterable

from bench.custody.proof.encoding import HASH_LENGTH
from bench.custody.proof.merkle import EMPTY_ROOT, ProofError, node_hash


class Frontier:
    """A tree of `size` leaves, known by the hashes of its whole subtrees, the largest first."""

    __slots__ = ("_nodes", "size")

    def __init__(self, size: int = 0, nodes: bytes = b"") -> None:
        if len(nodes) != HASH_LENGTH * size.bit_count():
            raise ProofError(f"{len(nodes)} bytes are no frontier of {size} leaves.")
        self.size = size
        self._nodes = [nodes[n : n + HASH_LENGTH] for n in range(0, len(nodes), HASH_LENGTH)]

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash (32 bytes): one node closes for each one that ends the size."""
        node, rest = leaf, self.size
        while rest & 1:
            node, rest = node_hash(self._nodes.pop(), node), rest >> 1
        self._nodes.append(node)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in order."""
        for leaf in leaves:
            self.append(leaf)

    @property
    def nodes(self) -> bytes:
        """The hashes one behind the other, to be kept."""
        return b"".join(self._nodes)

    @property
    def root(self) -> bytes:
        """The root: 32 bytes."""
        if not self._nodes:
            return EMPTY_ROOT
        *rest, root = self._nodes
        for node in reversed(rest):
            root = node_hash(node, root)
        return root
