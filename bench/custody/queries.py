"""What the record is asked: over any connection to it, on the thread that opened that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from bench.custody.body import Standing, Tail
from bench.custody.entries import (
    Appended,
    Carried,
    Counts,
    DeviceRecord,
    LabelJob,
    LabelState,
    OpenRun,
    RunPosition,
    SealedEvent,
)
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.identity.identifiers import AssetTag, Imei, SerialNumber
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_BATCH = 500
_EVENT = """SELECT at, type, json_extract(body, '$.data.run.id'), json_extract(body, '$.dseq')
  FROM event WHERE seq = ?"""
_GONE = (Phase.QUARANTINED, Phase.WIPED, Phase.DEAD_ON_ARRIVAL, Phase.DISPOSED)
LAST_STAGED = f"""SELECT d.uid, r.run_id, r.policy_hash, max(r.seq) AS seq FROM device AS d
  JOIN run AS r ON r.device = d.uid
  WHERE r.outcome = '{CustodyKind.STAGED.value}' AND d.phase NOT IN {tuple(map(str, _GONE))}
  GROUP BY d.uid"""  # noqa: S608 - our own words
"""The last run by which each handset was staged that still carries what that gave it."""


def tail(connection: sqlite3.Connection) -> Tail:
    """Return the end of the chain."""
    row = connection.execute(
        "SELECT seq, lower(hex(hash)), event_id, json_extract(body, '$.boot'),"
        " json_extract(body, '$.mono'), at FROM event ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return Tail()
    seq, name, event_id, boot, mono, at = row
    milliseconds = int(datetime.fromisoformat(at).timestamp() * 1000)
    return Tail(seq, name, event_id, boot, mono, milliseconds)


def frozen(connection: sqlite3.Connection) -> str:
    """Return why nothing more may be written to this epoch; "" when it may."""
    row = connection.execute("SELECT reason FROM frozen").fetchone()
    return row[0] if row else ""


def origin(connection: sqlite3.Connection) -> str:
    """Return the name of the record's tree."""
    row = connection.execute("SELECT origin FROM header").fetchone()
    return row[0] if row else ""


def last(connection: sqlite3.Connection) -> Appended | None:
    """Return the last event, None in a file that has none yet."""
    row = connection.execute(
        "SELECT seq, hash, event_id FROM event ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return Appended(*row) if row else None


def standing(connection: sqlite3.Connection, uid: str) -> Standing:
    """Return where that handset stands; one never met is new."""
    known = _device(connection, "uid = ?", uid)
    if known is None:
        return Standing()
    (name,) = connection.execute(
        "SELECT lower(hex(hash)) FROM event WHERE seq = ?", (known.seq,)
    ).fetchone()
    return Standing(known.seq, name, known.phase, known.ref)


def history(connection: sqlite3.Connection, uid: str) -> tuple[SealedEvent, ...]:
    """Return every event of that handset, the first one first.

    They are followed from the last one back, each naming the one before it: no index is needed.
    Raises `ProblemError` (LEDGER_DAMAGED) where one does not name an event of the same handset.
    """
    found: list[SealedEvent] = []
    last = standing(connection, uid)
    seq, name = last.seq, last.hash
    while seq:
        event, owner, before, before_name = _link(connection, seq)
        if event is None or (owner, event.hash.hex()) != (uid, name) or not _is_before(before, seq):
            raise ProblemError(
                Problem(ProblemCode.LEDGER_DAMAGED, detail=f"event {seq} of the handset's history")
            )
        found.append(event)
        seq, name = before, before_name
    return tuple(reversed(found))


def _is_before(before: object, seq: int) -> bool:
    return type(before) is int and 0 <= before < seq


def _link(connection: sqlite3.Connection, seq: int) -> tuple[SealedEvent | None, str, int, str]:
    row = connection.execute(
        "SELECT seq, CAST(body AS BLOB), hash, sig, uid, json_extract(body, '$.dseq'),"
        " json_extract(body, '$.dprev') FROM event WHERE seq = ?",
        (seq,),
    ).fetchone()
    return (SealedEvent._make(row[:4]), *row[4:]) if row else (None, "", 0, "")


def leaf_hashes(connection: sqlite3.Connection, lo: int, hi: int) -> Iterator[bytes]:
    """Yield the leaf hashes (32 bytes) of lo <= index < hi; an event's index is its number - 1."""
    rows = connection.execute(
        "SELECT hash FROM event WHERE seq > ? AND seq <= ? ORDER BY seq", (lo, hi)
    )
    return (leaf for (leaf,) in rows)


def open_runs(connection: sqlite3.Connection) -> tuple[OpenRun, ...]:
    """Return the runs that occupy a slot, the one that rested longest first."""
    rows = connection.execute(
        "SELECT run_id, slot, state, position, device, policy_hash FROM run WHERE open ORDER BY seq"
    ).fetchall()
    return tuple(_open_run(connection, *row) for row in rows)


def _open_run(
    connection: sqlite3.Connection, run: str, slot: str, state: str, position: str,
    uid: str | None, policy: str,
) -> OpenRun:  # fmt: skip
    data = json.loads(position) if position else {}
    device = None if uid is None else standing(connection, uid).device
    return OpenRun(RunPosition(run, slot, state, open=True, data=data), device, policy)


def device_by_imei(connection: sqlite3.Connection, imei: Imei) -> DeviceRecord | None:
    """Return the handset with that IMEI, first or second; of several the one met last."""
    return _device(connection, "d.imei = ?1 OR imei2 = ?1", imei.digits)


def devices_by_imei(connection: sqlite3.Connection, imei: Imei) -> tuple[DeviceRecord, ...]:
    """Return every handset that was met with that IMEI, the one met last first.

    More than one is a copy of another, or was met with another's number.
    """
    rows = connection.execute(
        "SELECT uid FROM device WHERE imei = ?1 OR imei2 = ?1", (imei.digits,)
    ).fetchall()
    found = (_device(connection, "uid = ?", uid) for (uid,) in rows)
    return tuple(sorted((each for each in found if each), key=lambda each: -each.seq))


def device(connection: sqlite3.Connection, name: str) -> DeviceRecord | None:
    """Return the handset of that IMEI, or of that uid."""
    return _device(connection, "d.imei = ?1 OR imei2 = ?1 OR uid = ?1", name)


def devices(connection: sqlite3.Connection) -> Iterator[DeviceRecord]:
    """Yield every handset the record knows, by uid; none is held."""
    uids = connection.execute("SELECT uid FROM device ORDER BY uid")
    found = (_device(connection, "uid = ?", uid) for (uid,) in uids)
    return (device for device in found if device)


def carried(connection: sqlite3.Connection) -> Iterator[Carried]:
    """Yield, by uid, under which profile each handset was last staged that is still staged.

    None is held.
    """
    rows = connection.execute(
        f"""SELECT uid, run_id, policy_hash, coalesce(name, ''), coalesce(version, 0),
          coalesce(variant, ''), seq
          FROM ({LAST_STAGED}) LEFT JOIN policy USING (policy_hash) ORDER BY uid""",  # noqa: S608 - our own words
    )
    for uid, run, policy, name, version, variant, seq in rows:
        if found := _device(connection, "uid = ?", uid):
            at = _staged_at(connection, found.seq, run, seq)
            yield Carried(found, name, version, variant, policy, at)


def _staged_at(connection: sqlite3.Connection, seq: int, run: str, or_at: int) -> str:
    """Return when a run ended staged, following its handset back from `seq`; else when `or_at`."""
    while seq:
        at, kind, of, seq = connection.execute(_EVENT, (seq,)).fetchone()
        if (kind, of) == (CustodyKind.STAGED.value, run):
            return str(at)
    return str(connection.execute(_EVENT, (or_at,)).fetchone()[0])


def policies(connection: sqlite3.Connection) -> dict[str, list[str | int]]:
    """Return name, version and variant of each profile by its fingerprint (`body.short`)."""
    rows = connection.execute("SELECT policy_hash, name, version, variant FROM policy").fetchall()
    return {policy: [name, version, variant] for policy, name, version, variant in rows}


def staged_runs(connection: sqlite3.Connection) -> dict[str, set[str]]:
    """Return, by handset, the runs that left a bench staged and were not voided since."""
    found: dict[str, set[str]] = {}
    rows = connection.execute(
        "SELECT device, run_id FROM run WHERE outcome = ? AND device IS NOT NULL",
        (CustodyKind.STAGED.value,),
    )
    for uid, run in rows.fetchall():
        found.setdefault(uid, set()).add(run)
    return found


def licence_holders(connection: sqlite3.Connection) -> dict[str, set[str]]:
    """Return which handsets hold a licence of each pool."""
    found: dict[str, set[str]] = {}
    for pool, uid in connection.execute("SELECT pool, uid FROM licence").fetchall():
        found.setdefault(pool, set()).add(uid)
    return found


def _device(connection: sqlite3.Connection, which: str, value: str) -> DeviceRecord | None:
    row = connection.execute(
        f"""SELECT uid, d.imei, imei2, serial, model, asset_tag, phase, coalesce(state, ''), d.run,
          coalesce(slot, ''), max(d.seq, coalesce(device_seq, 0)), coalesce(outcome, '')
          FROM device AS d LEFT JOIN run ON run_id = d.run AND run.device = uid
          WHERE {which} ORDER BY 11 DESC LIMIT 1""",  # noqa: S608 - our own words
        (value,),
    ).fetchone()
    if row is None:
        return None
    uid, first, second, serial, model, tag, phase, *rest = row
    return DeviceRecord(
        uid,
        tuple(Imei(digits) for digits in (first, second) if digits is not None),
        SerialNumber(serial),
        model,
        None if tag is None else AssetTag.parse(tag),
        Phase(phase),
        *rest,
    )


def next_asset_tag(connection: sqlite3.Connection, prefix: str) -> AssetTag:
    """Return the tag after the highest ever given to a handset under this prefix."""
    row = connection.execute(
        "SELECT number FROM asset_number WHERE prefix = ?", (prefix,)
    ).fetchone()
    return AssetTag.numbered(prefix, (row[0] if row else 0) + 1)


def tags_given(connection: sqlite3.Connection, prefix: str) -> set[int]:
    """Return every number of this prefix that a handset has or was ever printed a label with."""
    rows = connection.execute(
        "SELECT asset_tag FROM device WHERE asset_tag >= :low AND asset_tag < :high UNION"
        " SELECT asset_tag FROM label_job WHERE asset_tag >= :low AND asset_tag < :high",
        {"low": f"{prefix}-", "high": f"{prefix}."},  # "." follows "-"
    )
    return {int(AssetTag.parse(tag).number) for (tag,) in rows.fetchall()}


def tags_lost(connection: sqlite3.Connection, prefix: str) -> int:
    """Return how many tags of this prefix may have been given in events that this epoch lacks.

    0 once a label of this prefix was asked for in it: what was lost lies below that one.
    """
    (opened,) = connection.execute(
        "SELECT coalesce(json_extract(body, '$.data.asset_numbers.' || ?), 0) FROM event"
        " WHERE seq = 1",
        (prefix,),
    ).fetchone() or (0,)
    row = connection.execute(
        "SELECT 1 FROM label_job WHERE asset_tag >= ? AND asset_tag < ? LIMIT 1",
        (f"{prefix}-", f"{prefix}."),
    ).fetchone()
    if row is not None or not isinstance(opened, int):
        return 0
    return max(opened - max(tags_given(connection, prefix), default=0), 0)


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
    return tuple(map(SealedEvent._make, rows))


def events_between(
    connection: sqlite3.Connection, after: int, end: int = 0
) -> Iterator[SealedEvent]:
    """Yield the events after number `after` up to `end` (0: all), a batch at a time.

    So a writer's checkpoints need not wait for long.
    """
    while batch := events(connection, after, min(_BATCH, end - after) if end else _BATCH):
        yield from batch
        after = batch[-1].seq
