"""Where Microsoft's own service is, and what a person may set instead of it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from bench.ports import ManagementAddress
from bench.problems import Problem, ProblemCode, ProblemError

GRAPH = "https://graph.microsoft.com/beta"
"""Enrolment profiles of Android are in no other version than beta."""
LOGIN = "https://login.microsoftonline.com"


def microsoft(
    tenant: str,
    client: str,
    *,
    key: str = "",
    graph: str = "",
    authority: str = "",
    certificates: Path | None = None,
) -> ManagementAddress:
    """Return where the service of that tenant answers; what is empty is Microsoft's own.

    Raises `ProblemError`: SERVICE_UNSET without tenant (or authority) or client, SETTINGS_UNUSABLE
    for an address that is not https, or has a query, a fragment or a user in it.
    """
    if not client or not (tenant or authority):
        raise ProblemError(Problem(ProblemCode.SERVICE_UNSET, "Intune"))
    return ManagementAddress(
        graph=_https("graph", graph or GRAPH),
        authority=_https("authority", authority or f"{LOGIN}/{tenant}"),
        client=client,
        certificates=certificates,
        key=key,
    )


def origin(address: str) -> str:
    """Return scheme, host and port of an address, as they are compared: `https://host:443`."""
    parts = urlsplit(address)
    return f"{parts.scheme.lower()}://{(parts.hostname or '').lower()}:{parts.port or 443}"


def _https(key: str, address: str) -> str:
    try:
        parts = urlsplit(address)
        fits = parts.scheme == "https" and bool(parts.hostname) and parts.path.strip("/") != ""
        bare = not (parts.query or parts.fragment or parts.username or parts.password)
        _ = parts.port
    except ValueError:
        fits = bare = False
    if not (fits and bare):
        detail = f"{key}: give https://, a host and a path"
        raise ProblemError(Problem(ProblemCode.SETTINGS_UNUSABLE, "[intune]", detail))
    return address.rstrip("/")
