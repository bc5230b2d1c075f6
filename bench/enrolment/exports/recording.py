"""What the custody record gives to uploads, and what it keeps of them."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bench.custody import queries
from bench.custody.entries import DeviceRecord, Entry
from bench.custody.phases import Phase
from bench.enrolment.exports.checking import LeftOut
from bench.enrolment.exports.handsets import IN_SERVICE, UPLOADED, HandsetRow
from bench.enrolment.exports.manifest import Manifest
from bench.enrolment.exports.planning import Source
from bench.events.orders import CustodyKind, Json

if TYPE_CHECKING:
    import sqlite3


class Told(StrEnum):
    """What an event says of a batch."""

    MADE = "made"
    HANDED_IN = "handed-in"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the record says of a batch: its manifest's SHA-256 and how far it is."""

    batch: str
    manifest_sha256: str
    told: frozenset[Told]


def from_record(
    connection: sqlite3.Connection, phases: Collection[Phase] = UPLOADED, order: str = ""
) -> Source:
    """Return the handsets of the record in these phases, as of that order.

    The others are left out with a reason.
    """
    handsets: list[HandsetRow] = []
    left_out: list[LeftOut] = []
    for device in queries.devices(connection):
        row = replace(HandsetRow.of_record(device), order=order)
        if device.phase in phases:
            handsets.append(row)
        else:
            left_out.append(LeftOut(row, _of_phase(device.phase)))
    return Source("the record", tuple(handsets), tuple(left_out))


def recognised(
    connection: sqlite3.Connection, source: Source, phases: Collection[Phase] = UPLOADED
) -> Source:
    """Return a supplier's list with what the record knows of its handsets.

    One that the record has in another phase is left out: it may be in somebody's hands.
    """
    handsets: list[HandsetRow] = []
    left_out = list(source.left_out)
    for row in source.handsets:
        known = _known(connection, row)
        if known is None:
            handsets.append(row)
        elif known.phase in phases:
            handsets.append(replace(row, uid=known.uid, in_service=known.phase in IN_SERVICE))
        else:
            left_out.append(LeftOut(row, _of_phase(known.phase)))
    return replace(source, handsets=tuple(handsets), left_out=tuple(left_out))


def _known(connection: sqlite3.Connection, row: HandsetRow) -> DeviceRecord | None:
    found = (queries.device_by_imei(connection, imei) for imei in row.imeis)
    return next(filter(None, found), None)


def entry_of(manifest: Manifest, manifest_sha256: str, told: Told) -> Entry:
    """Return the event that proves which bytes a batch is made of."""
    files: list[Json] = [
        {"name": each.name, "sha256": each.sha256, "rows": each.rows} for each in manifest.files
    ]
    data: dict[str, Json] = {
        "upload": told.value,
        "batch": manifest.batch,
        "service": manifest.service,
        "format": manifest.form,
        "format_sha256": manifest.form_sha256,
        "manifest_sha256": manifest_sha256,
        "handsets": len(manifest.rows),
        "files": files,
    }
    return Entry(CustodyKind.EXPORTED, data=data, order=manifest.made.order or None)


def recorded(connection: sqlite3.Connection) -> dict[str, Recorded]:
    """Return what the record says of batches, by name; the first event of a batch counts.

    It reads every event that something was exported: a second per million events.
    """
    rows = connection.execute(
        "SELECT json_extract(body, '$.data') FROM event WHERE type = ? ORDER BY seq",
        (CustodyKind.EXPORTED.value,),
    )
    found: dict[str, Recorded] = {}
    for (text,) in rows:
        data = json.loads(text) if text else {}
        if data.get("upload") in tuple(Told):
            batch = str(data["batch"])
            found[batch] = _added(found.get(batch), data)
    return found


def _added(before: Recorded | None, data: dict[str, Any]) -> Recorded:
    told, manifest = Told(data["upload"]), str(data["manifest_sha256"])
    if before is None:
        return Recorded(str(data["batch"]), manifest, frozenset({told}))
    return Recorded(before.batch, before.manifest_sha256, before.told | {told})


def _of_phase(phase: Phase) -> str:
    if phase in IN_SERVICE:
        return f"it is {phase}: uploading it now could reset it in its holder's hands"
    return f"it is {phase}"
