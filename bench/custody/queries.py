"""What the record is asked: over any connection to it, on the thread that opened that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench.custody.body import DeviceTail, Tail
from bench.custody.entries import (
    Appended,
    Counts,
    DeviceRecord,
    LabelJob,
    LabelState,
    RunPosition,
    SealedEvent,
)
from bench.events.orders import CustodyKind
from bench.identity.identifiers import AssetTag, Imei, SerialNumber

if TYPE_CHECKING:
    import sqlite3


def tail(connection: sqlite3.Connection) -> Tail:
    """Return the end of the chain."""
    row = connection.execute(
        "SELECT seq, lower(hex(hash)), json_extract(body, '$.boot'), json_extract(body, '$.mono')"
        " FROM event ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return Tail(*row) if row else Tail()


def last(connection: sqlite3.Connection) -> Appended | None:
    """Return the last event, None in a file that has none yet."""
    row = connection.execute(
        "SELECT seq, hash, event_id FROM event ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return Appended(*row) if row else None


def device_tail(connection: sqlite3.Connection, uid: str) -> DeviceTail:
    """Return the last event of that handset."""
    row = connection.execute(
        "SELECT event.seq, lower(hex(hash)) FROM device JOIN event USING (seq) WHERE uid = ?",
        (uid,),
    ).fetchone()
    return DeviceTail(*row) if row else DeviceTail()


def open_runs(connection: sqlite3.Connection) -> tuple[RunPosition, ...]:
    """Return the runs that occupy a slot, the one that rested longest first."""
    rows = connection.execute(
        "SELECT run_id, slot, state, position FROM run WHERE open ORDER BY seq"
    )
    return tuple(
        RunPosition(run, slot, state, open=True, data=json.loads(position))
        for run, slot, state, position in rows
    )


def device_by_imei(connection: sqlite3.Connection, imei: Imei) -> DeviceRecord | None:
    """Return the handset with that IMEI, first or second; of several the one met last."""
    row = connection.execute(
        """SELECT uid, d.imei, imei2, serial, model, d.asset_tag, d.state, run, d.slot, d.seq,
          coalesce(outcome, '') FROM device AS d LEFT JOIN run ON run_id = d.run
          WHERE uid IN (
            SELECT * FROM (SELECT json_extract(body, '$.dev.uid') FROM event
              WHERE imei = :imei ORDER BY seq DESC LIMIT 1)
            UNION ALL SELECT uid FROM device WHERE imei2 = :imei)
          ORDER BY d.seq DESC LIMIT 1""",
        {"imei": str(imei)},
    ).fetchone()
    if row is None:
        return None
    uid, first, second, serial, model, tag, *rest = row
    return DeviceRecord(
        uid,
        tuple(Imei(digits) for digits in (first, second) if digits is not None),
        SerialNumber(serial),
        model,
        None if tag is None else AssetTag.parse(tag),
        *rest,
    )


def next_asset_tag(connection: sqlite3.Connection, prefix: str) -> AssetTag:
    """Return the tag after the highest ever given to a handset under this prefix."""
    row = connection.execute(
        "SELECT number FROM asset_number WHERE prefix = ?", (prefix,)
    ).fetchone()
    return AssetTag.numbered(prefix, (row[0] if row else 0) + 1)


def counts(connection: sqlite3.Connection) -> Counts:
    """Return the record in numbers."""
    row = connection.execute(
        """SELECT (SELECT coalesce(max(seq), 0) FROM event),
          (SELECT count(*) FROM label_job WHERE state = :printed),
          (SELECT count(*) FROM run WHERE outcome = :staged),
          (SELECT count(*) FROM run WHERE open AND state = :held),
          (SELECT count(*) FROM run WHERE outcome = :voided)""",
        {
            "printed": LabelState.PRINTED.value,
            "staged": CustodyKind.STAGED.value,
            "held": CustodyKind.HELD.value,
            "voided": CustodyKind.VOIDED.value,
        },
    ).fetchone()
    return Counts(*row)


def pending_label_jobs(connection: sqlite3.Connection) -> tuple[LabelJob, ...]:
    """Return the labels that are queued, in the order they were asked for."""
    rows = connection.execute(
        "SELECT run, copy FROM label_job WHERE state = ? ORDER BY seq", (LabelState.QUEUED.value,)
    )
    return tuple(LabelJob(run, copy) for run, copy in rows)


def events(connection: sqlite3.Connection, after: int, limit: int) -> tuple[SealedEvent, ...]:
    """Return up to `limit` events that follow number `after`, in order."""
    rows = connection.execute(
        "SELECT seq, CAST(body AS BLOB), hash, sig FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
        (after, limit),
    )
    return tuple(SealedEvent(*row) for row in rows)
