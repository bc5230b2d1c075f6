"""The connectors of a file, made with their secrets; nothing is asked yet."""

from __future__ import annotations

import base64
from pathlib import Path

from bench.inventory.connectors.drop.connector import DropConnector
from bench.inventory.connectors.drop.places import Folder
from bench.inventory.connectors.filed import Connectors, Drop, ServiceNow, SnipeIt, unusable
from bench.inventory.connectors.line import Line, Site
from bench.inventory.connectors.pace import Pace
from bench.inventory.connectors.port import Connector
from bench.inventory.connectors.rate import Bucket
from bench.inventory.connectors.secret import secret_of
from bench.inventory.connectors.servicenow.connector import ServiceNowConnector
from bench.inventory.connectors.snipe_it.connector import SnipeItConnector
from bench.ports import Secrets

_UNBOUND = 100_000.0
_EXTRA = "drop.folder: sftp needs the extra `centre`: pip install 'staging-bench[centre]'"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def opened(connectors: Connectors, name: str, secrets: Secrets) -> Connector:
    """Return the connector of that section; blocks on its secret.

    `ProblemError` CONNECTORS_UNUSABLE where there is no such section, or what it names cannot be
    used, SECRET_MISSING and SECRET_UNUSABLE.
    """
    match name:
        case "snipe-it" if connectors.snipe_it:
            return snipe_it(connectors.snipe_it, secrets)
        case "servicenow" if connectors.servicenow:
            return _servicenow(connectors.servicenow, secrets)
        case "drop" if connectors.drop:
            return _drop(connectors.drop, secrets)
    known = ", ".join(connectors.names) or "none"
    raise unusable(f"there is no section [{name}]; there is {known}")


def snipe_it(settings: SnipeIt, secrets: Secrets) -> SnipeItConnector:
    """Return the one to a Snipe-IT."""
    secret = f"Bearer {secret_of(settings.token, secrets)}"
    site = Site("snipe-it", settings.url, secret, _trust(settings.trust))
    pace = Pace("snipe-it", Bucket(settings.per_minute))
    return SnipeItConnector(settings, Line(site, pace), pace, is_here=site.is_here)


def _servicenow(settings: ServiceNow, secrets: Secrets) -> Connector:
    secret = secret_of(settings.token, secrets)
    if settings.user:
        both = base64.b64encode(f"{settings.user}:{secret}".encode()).decode()
        value = f"Basic {both}"
    else:
        value = f"Bearer {secret}"
    site = Site("servicenow", settings.url, value, _trust(settings.trust))
    pace = Pace("servicenow", Bucket(settings.per_minute))
    return ServiceNowConnector(settings, Line(site, pace), pace, is_here=site.is_here)


def _drop(settings: Drop, secrets: Secrets) -> Connector:
    pace = Pace("drop", Bucket(_UNBOUND))
    if not settings.folder.startswith("sftp:"):
        folder = Folder(Path(settings.folder))
        return DropConnector(
            folder, pace, bom=settings.bom, snapshots=settings.snapshot, is_here=True
        )
    from bench.inventory.connectors.drop.sftp import Address, Sftp  # noqa: PLC0415 - only for this

    _needs_asyncssh()
    try:
        key = secret_of(settings.key, secrets)
        address = Address.parse(settings.folder, settings.host_key, key)
    except ValueError as error:
        raise unusable(f"drop.folder: {error}") from None
    return DropConnector(
        Sftp(address), pace, bom=settings.bom, snapshots=settings.snapshot,
        is_here=address.host in _LOOPBACK,
    )  # fmt: skip


def _needs_asyncssh() -> None:
    try:
        import asyncssh  # noqa: F401, PLC0415 - only where files go to another computer
    except ImportError:
        pass
    else:
        return
    raise unusable(_EXTRA)


def _trust(file: str) -> Path | None:
    return Path(file) if file else None
