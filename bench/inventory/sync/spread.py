"""When in the night a bench begins: each at its own time, the same every night. Pure."""

from __future__ import annotations

import hashlib

_WHOLE = 2**64


def share_of(bench: str, seconds: float) -> float:
    """Return after how many of the `seconds` that bench begins."""
    drawn = int.from_bytes(hashlib.sha256(bench.encode()).digest()[:8])
    return seconds * drawn / _WHOLE
