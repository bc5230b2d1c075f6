"""How large a release may be: what no bench takes is not signed either. Pure."""

from __future__ import annotations

from collections.abc import Collection

from bench.inventory.releases.form import MOST_IN_ALL, MOST_PART, FormError
from bench.inventory.releases.release import PartLine


def refuse_large_part(line: PartLine) -> None:
    """Raise `FormError` for a part of more bytes than a part may have."""
    if line.size > MOST_PART:
        raise FormError(f"Its part {line.kind} is said to have {line.size} bytes.")


def refuse_large(lines: Collection[PartLine]) -> None:
    """Raise `FormError` where a part, or all of them together, are too large."""
    for line in lines:
        refuse_large_part(line)
    if sum(line.size for line in lines) > MOST_IN_ALL:
        raise FormError(f"Its parts are said to have over {MOST_IN_ALL} bytes.")
