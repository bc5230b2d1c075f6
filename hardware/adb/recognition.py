"""Whether a handset's answer can be that of the handset on its connection. Pure.

A connection may come to lead to another handset: over TCP the link comes back by itself at the same
address, and a server may mix two up. Over USB the list's serial number is the descriptor's, which
need not be the handset's own; but it is never that of a neighbour.
"""

from __future__ import annotations

from collections.abc import Collection

from bench.events.device import HandsetIdentity


def contradiction(
    now: HandsetIdentity, before: HandsetIdentity | None, listed: str, others: Collection[str]
) -> str:
    """Return what speaks against an identity, or "".

    `before` is what was said over the same session, `listed` the serial number on the server's list
    and `others` those of the other handsets on it.
    """
    serial = str(now.serial)
    if serial != listed and serial in others:
        return f"{serial} is on another connection"
    if before is None:
        return ""
    if before.serial != now.serial:
        return f"it was {before.serial} and is {now.serial}"
    if before.imeis and now.imeis and not {*before.imeis} & {*now.imeis}:
        return "its IMEIs are other ones"
    return ""
