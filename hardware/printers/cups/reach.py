"""Whether a printer on the network can be reached: CUPS itself finds out only by a job."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

_PORTS = {"socket": 9100, "ipp": 631, "ipps": 631, "http": 80, "https": 443, "lpd": 515}
"""Ports of CUPS's network backends where the device's URI names none."""


def place_of(device: str) -> tuple[str, int] | None:
    """Return host and port of a device URI, or None for one that is not on the network."""
    try:
        parts = urlsplit(device)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (host, port) if parts.scheme in _PORTS and host and port else None


async def why_not_reached(host: str, port: int, deadline: float) -> str | None:
    """Connect and hang up, nothing sent; return why that could not be, or None."""
    try:
        async with asyncio.timeout(deadline):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, UnicodeError) as error:
        return str(error) or "it does not answer"
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return None
