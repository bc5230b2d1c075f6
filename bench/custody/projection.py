"""What an event changes in the tables that are looked up: the same function live and in replay.

`project` is pure: a body in, statements out. A table that disagrees with the replay of its events
is wrong, never the events.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from bench.custody.chain import parse
from bench.custody.database import transaction
from bench.custody.schema import PROJECTED, PROJECTIONS
from bench.events.orders import CustodyKind, Json

if TYPE_CHECKING:
    import sqlite3
else:
    from pysqlite3 import dbapi2 as sqlite3

Body: TypeAlias = Mapping[str, Json]
_Value: TypeAlias = str | int | None
Statement: TypeAlias = tuple[str, tuple[_Value, ...] | dict[str, _Value]]

_DEVICE = """INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (uid) DO UPDATE SET imei = excluded.imei, imei2 = excluded.imei2,
  serial = excluded.serial, model = excluded.model,
  asset_tag = coalesce(excluded.asset_tag, asset_tag),
  phase = iif(excluded.phase = '', phase, excluded.phase),
  run = iif(excluded.run = '', run, excluded.run), seq = excluded.seq"""
_DEVICE_AGAIN = """UPDATE device SET asset_tag = coalesce(:tag, asset_tag),
  phase = coalesce(:phase, phase), run = coalesce(:run, run), seq = :seq
WHERE uid = :uid AND (:run IS NULL OR :run IS NOT run OR coalesce(:tag, asset_tag) IS NOT asset_tag
  OR coalesce(:phase, phase) IS NOT phase
  OR NOT EXISTS (SELECT 1 FROM run WHERE run_id = :run AND device = :uid))"""
_ASSET_NUMBER = """INSERT INTO asset_number VALUES (?, ?)
ON CONFLICT (prefix) DO UPDATE SET number = excluded.number WHERE excluded.number > number"""
_RUN = """INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id) DO UPDATE SET device = coalesce(device, excluded.device),
  device_seq = iif(excluded.device = coalesce(device, excluded.device), excluded.seq, device_seq),
  slot = excluded.slot, state = excluded.state, open = excluded.open,
  outcome = iif(excluded.outcome = '', outcome, excluded.outcome),
  position = iif(excluded.position = '' AND excluded.open, position, excluded.position),
  policy_hash = excluded.policy_hash, seq = excluded.seq"""
_LABEL_JOB = """INSERT INTO label_job VALUES (?, ?, ?, ?, ?)
ON CONFLICT (run, copy) DO UPDATE SET asset_tag = coalesce(excluded.asset_tag, asset_tag),
  state = excluded.state, seq = excluded.seq"""
_POSITION = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
_OUTCOMES = {CustodyKind.STAGED, CustodyKind.VOIDED}
_TELLS = {CustodyKind.CARRIED.value: "carried", CustodyKind.CORRECTED.value: "set"}
"""Kinds that say outright what stands, and the member of their data that does: `outcome` ("" for
none yet), `state` and `policy` of the run, which is `run` where the event is not about it, and a
`label` of null for a handset that has none any more."""
_TAKES = {CustodyKind.STAGED.value, CustodyKind.CARRIED.value}
_GIVES_BACK = {
    CustodyKind.STAGED.value, CustodyKind.RETURNED.value, CustodyKind.WIPED.value,
    CustodyKind.DISPOSED.value,
}  # fmt: skip
"""A handset that is staged anew holds the licences of its new profile, and no others."""
_RUN_GIVES_BACK = """DELETE FROM licence WHERE uid = ?
AND EXISTS (SELECT 1 FROM run WHERE run_id = ? AND outcome = ?)"""
"""A run that is voided gives back what it took itself: one that was not staged took nothing."""
_TOLD_OF_RUN = (("outcome", "outcome"), ("state", "state"), ("policy", "policy_hash"))


def project(body: Body, *, stands: bool = False) -> Iterator[Statement]:
    """Yield what this event changes, in order.

    Who knows that the handset's row `stands` saves looking.
    """
    data = _members(body, "data")
    device = _members(body, "dev")
    run = _members(data, "run")
    told = _members(data, _TELLS.get(_text(body, "type") or "", ""))
    if device and not stands:
        yield from _device(device, run, cast("int", body["seq"]))
    yield from _given_back(body, device, run)
    if run:
        yield _run(run, device, body)
    if told:
        yield from _told(told, device, run)
    if body["seq"] == 1:
        yield from map(_asset_number, _members(data, "asset_numbers").items())
    if policies := _members(data, "policies"):
        yield from map(_policy, policies.items())
    if device:
        yield from _licences(body, device, _listed(told or data, "licences"))
    if label := _members(data, "label"):
        yield _label_job(label, run, device, cast("int", body["seq"]))


def apply(connection: sqlite3.Connection, body: Body, *, stands: bool = False) -> None:
    """Carry the changes out, in the caller's transaction."""
    for sql, values in project(body, stands=stands):
        connection.execute(sql, values)


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the tables again from the events, in one transaction."""
    with transaction(connection):
        for table in PROJECTED:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own constant
        _replay(_bodies(connection), connection)


def matches(connection: sqlite3.Connection) -> bool:
    """Whether the tables hold exactly what a replay of the events gives; not where it fails."""
    fresh = in_memory()
    try:
        with transaction(connection, "DEFERRED"):
            _replay(_bodies(connection), fresh)
            return all(_rows(connection, table) == _rows(fresh, table) for table in PROJECTED)
    except (ValueError, TypeError, LookupError, sqlite3.DatabaseError):
        return False
    finally:
        fresh.close()


def in_memory() -> sqlite3.Connection:
    """Return a database that holds only the tables, empty; for one thread at a time."""
    fresh = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    for statement in PROJECTIONS.values():
        fresh.execute(statement)
    return fresh


def _bodies(connection: sqlite3.Connection) -> Iterator[Body]:
    for (body,) in connection.execute("SELECT CAST(body AS BLOB) FROM event ORDER BY seq"):
        yield parse(body)


def _replay(bodies: Iterable[Body], target: sqlite3.Connection) -> None:
    for body in bodies:
        apply(target, body)


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[str | int | None, ...]]:
    # every table is WITHOUT ROWID: it lies, and is read, in the order of its key
    known = "SELECT 1 FROM sqlite_schema WHERE name = ?"
    if connection.execute(known, (table,)).fetchone() is None:
        return []  # of an earlier form, which had nothing to keep in it
    return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - our own constant


def _device(device: Body, run: Body, seq: int) -> Iterator[Statement]:
    tag = _text(device, "label")
    yield _whole(device, run, seq) if "serial" in device else _again(device, run, seq)
    if tag is not None:
        prefix, _, number = tag.partition("-")
        yield _asset_number((prefix, int(number)))


def _asset_number(highest: tuple[str, Json]) -> Statement:
    return _ASSET_NUMBER, cast("tuple[str, int]", highest)


def _policy(named: tuple[str, Json]) -> Statement:
    """`[name, version, variant]` by fingerprint."""
    fingerprint, (name, version, variant) = cast("tuple[str, tuple[str, int, str]]", named)
    return "INSERT OR REPLACE INTO policy VALUES (?, ?, ?, ?)", (
        fingerprint,
        name,
        version,
        variant,
    )


def _given_back(body: Body, device: Body, run: Body) -> Iterator[Statement]:
    """Before the run ends: while it is told whether it was staged."""
    uid, kind = _text(device, "uid"), _text(body, "type")
    if kind == CustodyKind.VOIDED.value:
        yield _RUN_GIVES_BACK, (uid, _text(run, "id"), CustodyKind.STAGED.value)
    elif kind in _GIVES_BACK:
        yield "DELETE FROM licence WHERE uid = ?", (uid,)


def _licences(body: Body, device: Body, pools: list[str]) -> Iterator[Statement]:
    uid = _text(device, "uid")
    if _text(body, "type") in _TAKES:
        for pool in pools:
            values = (pool, uid, cast("int", body["seq"]))
            yield "INSERT OR REPLACE INTO licence VALUES (?, ?, ?)", values


def _told(told: Body, device: Body, run: Body) -> Iterator[Statement]:
    if "label" in told and told["label"] is None:
        yield "UPDATE device SET asset_tag = NULL WHERE uid = ?", (_text(device, "uid"),)
    which = _text(run, "id") or _text(told, "run")
    for name, column in _TOLD_OF_RUN:
        if which and (value := _text(told, name)) is not None:
            yield f"UPDATE run SET {column} = ? WHERE run_id = ?", (value, which)  # noqa: S608 - our own words


def _whole(device: Body, run: Body, seq: int) -> Statement:
    return _DEVICE, (
        _text(device, "uid"),
        _text(device, "imei"),
        _text(device, "imei2"),
        _text(device, "serial"),
        _text(device, "model"),
        _text(device, "label"),
        _text(device, "phase") or "",
        _text(run, "id") or "",
        seq,
    )


def _again(device: Body, run: Body, seq: int) -> Statement:
    return _DEVICE_AGAIN, {
        "tag": _text(device, "label"),
        "phase": _text(device, "phase"),
        "run": _text(run, "id"),
        "seq": seq,
        "uid": _text(device, "uid"),
    }


def _run(run: Body, device: Body, body: Body) -> Statement:
    kind = _text(body, "type") or ""
    position = _members(run, "position")
    uid, seq, is_open = _text(device, "uid"), cast("int", body["seq"]), "open" not in run
    return _RUN, (
        _text(run, "id"),
        uid,
        seq if uid else 0,
        _text(run, "slot"),
        _text(run, "state"),
        int(is_open),
        kind if kind in _OUTCOMES else "",
        _POSITION.encode(position) if "position" in run and is_open else "",
        _text(body, "policy_hash"),
        seq,
    )


def _label_job(label: Body, run: Body, device: Body, seq: int) -> Statement:
    copy = cast("int", label["copy"])
    return _LABEL_JOB, (
        _text(label, "run") or _text(run, "id"),
        copy,
        _text(device, "label"),
        _text(label, "state"),
        seq,
    )


def _members(body: Body, name: str) -> dict[str, Json]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _listed(body: Body, name: str) -> list[str]:
    found = body.get(name)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _text(body: Body, name: str) -> str | None:
    found = body.get(name)
    return found if isinstance(found, str) else None
