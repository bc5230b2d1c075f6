"""Training never leaves the bench: nothing of a simulated record is sent to another computer."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from bench.custody.entries import LedgerHeader
from bench.problems import Problem, ProblemCode, ProblemError


def refuse_to_leave(header: LedgerHeader, url: str, where: str) -> None:
    """Raise `ProblemError` (SIMULATED_NEVER_SYNCS) for a simulated record and an address elsewhere.

    A name may lead anywhere, so only `localhost` (RFC 6761, 6.3) and loopback addresses are here.
    """
    if header.simulated and not is_here(urlsplit(url).hostname or ""):
        raise ProblemError(Problem(ProblemCode.SIMULATED_NEVER_SYNCS, where))


def is_here(host: str) -> bool:
    """Whether that is this computer for certain."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
