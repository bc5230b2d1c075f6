"""The name of a consignment, and what the code on its manifest says. Pure.

`BENCH-07-C00012` is the twelfth of bench-07; behind a stroke each, the code of a manifest has its
version and its digest: `BENCH-07-C00012/M1/<64 hex digits>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.identity.plain import plain
from bench.stock.packing.seals import code_of

SITE = "site:"
"""In front of a place that handsets are sent to, as a custodian."""
_SITE_LIMIT = 60
_DOCKET = re.compile(
    r"([A-Z0-9][A-Z0-9._-]{0,62}-C([0-9]{5,8}))(?:/M([1-9][0-9]{0,5})/([0-9A-F]{64}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class DocketCode:
    """What a scan of a consignment's card or manifest says; a card has version 0 and no digest."""

    docket: str
    number: int
    version: int = 0
    digest: str = ""


def docket_of(bench: str, number: int) -> str:
    """Return the name of that bench's consignment of that number."""
    return f"{bench.upper()}-C{number:05d}"


def manifest_code(docket: str, version: int, digest: str) -> str:
    """Return the text of a manifest's code; `digest` is the SHA-256 of its table in hex."""
    return f"{docket}/M{version}/{digest.upper()}"


def read_docket(text: str) -> DocketCode | None:
    """Return what a scanned text names, None where it names no consignment of any bench."""
    found = _DOCKET.fullmatch(code_of(text))
    if not found:
        return None
    docket, number, version, digest = found.groups()
    return DocketCode(docket, int(number), int(version or 0), (digest or "").lower())


def site_of(text: str) -> str:
    """Return the name of a place as it stands in the record; `ValueError` for none."""
    name = plain(text.strip().removeprefix(SITE), _SITE_LIMIT)
    if not name:
        raise ValueError("a place has a name")
    return name
