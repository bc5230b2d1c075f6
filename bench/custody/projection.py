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
Statement: TypeAlias = tuple[str, tuple[str | int | None, ...]]

_DEVICE = """INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (uid) DO UPDATE SET imei = excluded.imei, imei2 = excluded.imei2,
  serial = excluded.serial, model = excluded.model,
  asset_tag = coalesce(excluded.asset_tag, asset_tag), state = iif(excluded.run = '', state,
  excluded.state), run = iif(excluded.run = '', run, excluded.run),
  slot = iif(excluded.run = '', slot, excluded.slot), seq = excluded.seq"""
_ASSET_NUMBER = """INSERT INTO asset_number VALUES (?, ?)
ON CONFLICT (prefix) DO UPDATE SET number = excluded.number WHERE excluded.number > number"""
_RUN = """INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id) DO UPDATE SET slot = excluded.slot, state = excluded.state,
  open = excluded.open, imei = coalesce(excluded.imei, imei),
  asset_tag = coalesce(excluded.asset_tag, asset_tag),
  outcome = iif(excluded.outcome = '', outcome, excluded.outcome),
  position = excluded.position, seq = excluded.seq"""
_LABEL_JOB = """INSERT INTO label_job VALUES (?, ?, ?, ?, ?)
ON CONFLICT (run, copy) DO UPDATE SET asset_tag = coalesce(excluded.asset_tag, asset_tag),
  state = excluded.state, seq = excluded.seq"""
_OUTCOMES = {CustodyKind.STAGED, CustodyKind.VOIDED}


def project(body: Body) -> Iterator[Statement]:
    """Yield what this event changes, in order."""
    data = _members(body, "data")
    seq = cast("int", body["seq"])
    device = _members(body, "dev")
    run = _members(data, "run")
    label = _members(data, "label")
    if device:
        yield from _device(device, run, seq)
    if run:
        yield _run(run, device, _text(body, "type") or "", seq)
    if label:
        yield _label_job(label, device, seq)


def apply(connection: sqlite3.Connection, body: Body) -> None:
    """Carry the changes out, in the caller's transaction."""
    for sql, values in project(body):
        connection.execute(sql, values)


def rebuild(connection: sqlite3.Connection) -> None:
    """Make the tables again from the events, in one transaction."""
    with transaction(connection):
        for table in PROJECTED:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own constant
        _replay(_bodies(connection), connection)


def matches(connection: sqlite3.Connection) -> bool:
    """Whether the tables hold exactly what a replay of the events gives."""
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in PROJECTIONS.values():
            fresh.execute(statement)
        with transaction(connection, "DEFERRED"):
            _replay(_bodies(connection), fresh)
            return all(_rows(connection, table) == _rows(fresh, table) for table in PROJECTED)
    finally:
        fresh.close()


def _bodies(connection: sqlite3.Connection) -> Iterator[Body]:
    for (body,) in connection.execute("SELECT CAST(body AS BLOB) FROM event ORDER BY seq"):
        yield parse(body)


def _replay(bodies: Iterable[Body], target: sqlite3.Connection) -> None:
    for body in bodies:
        apply(target, body)


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[str | int | None, ...]]:
    # every table is WITHOUT ROWID: it lies, and is read, in the order of its key
    return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - our own constant


def _device(device: Body, run: Body, seq: int) -> Iterator[Statement]:
    tag = _text(device, "label")
    yield (
        _DEVICE,
        (
            _text(device, "uid"),
            _text(device, "imei"),
            _text(device, "imei2"),
            _text(device, "serial"),
            _text(device, "model"),
            tag,
            _text(run, "state") or "",
            _text(run, "id") or "",
            _text(run, "slot") or "",
            seq,
        ),
    )
    if tag is not None:
        prefix, _, number = tag.partition("-")
        yield _ASSET_NUMBER, (prefix, int(number))


def _run(run: Body, device: Body, kind: str, seq: int) -> Statement:
    return _RUN, (
        _text(run, "id"),
        _text(run, "slot"),
        _text(run, "state"),
        int(bool(run["open"])),
        _text(device, "imei"),
        _text(device, "label"),
        kind if kind in _OUTCOMES else "",
        json.dumps(_members(run, "position"), ensure_ascii=False, sort_keys=True),
        seq,
    )


def _label_job(label: Body, device: Body, seq: int) -> Statement:
    copy = cast("int", label["copy"])
    return _LABEL_JOB, (
        _text(label, "run"),
        copy,
        _text(device, "label"),
        _text(label, "state"),
        seq,
    )


def _members(body: Body, name: str) -> dict[str, Json]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(body: Body, name: str) -> str | None:
    found = body.get(name)
    return found if isinstance(found, str) else None
