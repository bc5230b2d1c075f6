"""Corporate identifiers: the IMEIs and serial numbers that a tenant knows as its own.

Source: Microsoft Graph (beta), `importedDeviceIdentity` and its action
`importDeviceIdentityList`. Not documented and therefore unconfirmed: how many rows one request
may hold (here `limit`, none by default), and for which rows `status` is false.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bench.identity.identifiers import IdentifierError, Imei
from hardware.simulator.intune.asking import Json, timestamp
from hardware.simulator.intune.refusals import RefusedError

_TYPES = ("unknown", "imei", "serialNumber", "manufacturerModelSerial")
_PLATFORMS = ("unknown", "ios", "android", "windows", "windowsMobile", "macOS")
_NEVER = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class ImportedIdentity:
    """One identifier as it is kept."""

    id: str
    identifier: str
    kind: str
    description: str
    platform: str
    created: datetime
    changed: datetime

    def json(self, *, taken: bool) -> dict[str, Json]:
        """Return one row of the result."""
        return {
            "@odata.type": "#microsoft.graph.importedDeviceIdentityResult",
            "id": self.id,
            "importedDeviceIdentifier": self.identifier,
            "importedDeviceIdentityType": self.kind,
            "lastModifiedDateTime": timestamp(self.changed),
            "createdDateTime": timestamp(self.created),
            "lastContactedDateTime": _NEVER,
            "description": self.description,
            "enrollmentState": "notContacted",
            "platform": self.platform,
            "status": taken,
        }


class Identities:
    """The identifiers of the tenant, by what they identify."""

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit
        self._known: dict[tuple[str, str], ImportedIdentity] = {}

    def take(self, body: Json, at: datetime) -> list[Json]:
        """Import a list; a row that is there already is taken only to overwrite it."""
        rows, overwrite = _rows(body)
        if self.limit is not None and len(rows) > self.limit:
            raise RefusedError(400, f"At most {self.limit} identities can be imported at once.")
        offered = [_identity(row, at) for row in rows]
        return [self._take(identity, overwrite=overwrite) for identity in offered]

    def _take(self, offered: ImportedIdentity, *, overwrite: bool) -> Json:
        key = (offered.kind, offered.identifier)
        known = self._known.get(key)
        if known is not None and not overwrite:
            return known.json(taken=False)
        if not _is_sound(offered):
            return offered.json(taken=False)
        self._known[key] = offered
        return offered.json(taken=True)

    def __contains__(self, identifier: str) -> bool:
        return any(identifier == known for _, known in self._known)

    def __len__(self) -> int:
        return len(self._known)


def _rows(body: Json) -> tuple[list[dict[str, Json]], bool]:
    if not isinstance(body, dict):
        raise RefusedError(400, "A JSON object was expected.")
    rows, overwrite = (
        body.get("importedDeviceIdentities"),
        body.get("overwriteImportedDeviceIdentities", False),
    )
    if not isinstance(rows, list) or not isinstance(overwrite, bool):
        raise RefusedError(
            400, "Parameters of importDeviceIdentityList are missing or of a wrong type."
        )
    found = [row for row in rows if isinstance(row, dict)]
    if not rows or len(found) != len(rows):
        raise RefusedError(400, "importedDeviceIdentities must be a collection of identities.")
    return found, overwrite


def _identity(row: Mapping[str, Json], at: datetime) -> ImportedIdentity:
    return ImportedIdentity(
        str(uuid.uuid4()),
        _text(row, "importedDeviceIdentifier"),
        _one_of(row, "importedDeviceIdentityType", _TYPES),
        _text(row, "description"),
        _one_of(row, "platform", _PLATFORMS),
        at,
        at,
    )


def _text(row: Mapping[str, Json], name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise RefusedError(400, f"Cannot convert the value of '{name}' to 'Edm.String'.")
    return value


def _one_of(row: Mapping[str, Json], name: str, values: tuple[str, ...]) -> str:
    value = row.get(name, "unknown")
    if value not in values:
        raise RefusedError(400, f"Requested value '{str(value)[:40]}' was not found.")
    return str(value)


def _is_sound(identity: ImportedIdentity) -> bool:
    if identity.kind == "imei":
        try:
            Imei.parse(identity.identifier)
        except IdentifierError:
            return False
    return bool(identity.identifier.strip()) and identity.kind != "unknown"
