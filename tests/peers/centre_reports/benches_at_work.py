"""Records of made-up benches, by the benches' own program, and how they come to a store."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.custody import projection, queries
from bench.custody.chain import parse
from bench.custody.database import connect_reader
from bench.custody.entries import (
    Actor,
    DeviceRef,
    Entry,
    LedgerHeader,
    RunPosition,
    SealedEvent,
    new_uid,
)
from bench.custody.epochs.beginning import Why
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag, SerialNumber
from tests.bench.custody.epochs.set_aside import opened_anew
from tests.bench.custody.record import imei, open_ledger

BENCHES = ("bench-01", "bench-02", "bench-03")
MORNING = datetime(2026, 11, 24, 6, tzinfo=UTC)
SECOND = Actor("p-000000000002")
_FIRST_RUNS = [f"run-{number}-{turn}" for number in range(1, 6) for turn in range(3)]
_K = CustodyKind
_OWN = {_K.EPOCH_OPENED, _K.CHECKPOINTED, _K.SIGNED_OFF, _K.PERSON_ENROLLED, _K.PERSON_CHANGED}
_KINDS = [kind for kind in CustodyKind if kind not in _OWN]
_OFTEN = [_K.SCANNED] * 12 + [_K.STAGED] * 8 + [_K.VOIDED] * 4 + [_K.CONFLICT_RESOLVED] * 3


@dataclass
class Record:
    """What one bench recorded: each event with its epoch, and when the centre had it."""

    bench: str
    events: list[tuple[int, SealedEvent, datetime]] = field(default_factory=list)


def recorded(folder: Path, bench: str, luck: random.Random, batches: int = 9) -> Record:
    """Let a bench work, in two epochs."""
    folder.mkdir()
    header = LedgerHeader(bench, simulated=True)
    uids = [new_uid() for _ in range(5)]
    with closing(open_ledger(folder, header)) as ledger:
        for _ in range(batches):
            ledger.append(_entries(luck, uids, _FIRST_RUNS), second=SECOND)
    first = _events(folder / "ledger.db")
    with closing(opened_anew(folder, Why.RESTORED, header=header)) as ledger:
        runs = _carried(_events(folder / "ledger.db"))
        for _ in range(batches):
            ledger.append(_entries(luck, uids, runs), second=SECOND)
    record, at = Record(bench), MORNING
    for epoch, events in ((1, first), (2, _events(folder / "ledger.db"))):
        for event in events:
            at += timedelta(minutes=luck.randint(0, 9))
            record.events.append((epoch, event, at))
    return record


def _carried(events: Sequence[SealedEvent]) -> list[str]:
    """Return the runs that go on in an epoch, and some new ones: another's ends are forgotten."""
    said = [json.loads(event.body)["data"].get("run", {}).get("id") for event in events]
    return [*filter(None, said), *(f"later-{run}" for run in _FIRST_RUNS)]


def _entries(luck: random.Random, uids: Sequence[str], runs: Sequence[str]) -> list[Entry]:
    return [_entry(luck, uids, runs) for _ in range(luck.randint(1, 3))]


def _entry(luck: random.Random, uids: Sequence[str], runs: Sequence[str]) -> Entry:
    kind = luck.choice(_KINDS + _OFTEN)
    number = luck.randint(1, 5)
    data: dict[str, Json] = {}
    if kind is _K.STAGED:
        data["licences"] = list[Json](luck.sample(["vpn", "mdm", "radio"], luck.randint(0, 3)))
    if kind is _K.CONFLICT_RESOLVED:
        keeper = luck.choice(BENCHES)
        data = {"imei": imei(number).digits, "keeper": keeper, "why": "it was another handset"}
    if luck.random() < 0.2:
        sim: dict[str, Json] = {"iccid": f"89440000000000000{luck.randint(10, 14)}"}
        sim |= {"msisdn": "+990000"} if luck.random() < 0.5 else {"supplier": "made up"}
        data["sims"] = [sim]
    return Entry(
        kind,
        _device(luck, number, uids),
        _run(luck, number, runs),
        data,
        to=luck.choice([None, "store", "dispatch"]),
        override="to try everything",
        phase=luck.choice([None, *Phase]) if kind is not _K.SCANNED else None,
    )


def _device(luck: random.Random, number: int, uids: Sequence[str]) -> DeviceRef | None:
    if luck.random() < 0.05:
        return None
    serial = f"R{number}" if luck.random() < 0.9 else f"r{luck.randint(1, 9)}"
    tag = AssetTag.numbered("AST", number + 5 * (luck.random() < 0.1))
    swapped = luck.random() < 0.1
    imeis = (imei(number + 10 * swapped), imei(number + 20))[: luck.randint(1, 2)]
    if number == 5 and luck.random() < 0.5:
        imeis = ()
    return DeviceRef(
        uids[number - 1], imeis, SerialNumber(serial), "SM-A325F", luck.choice([None, tag])
    )


def _run(luck: random.Random, number: int, runs: Sequence[str]) -> RunPosition | None:
    if luck.random() < 0.2:
        return None
    name = luck.choice([run for run in runs if f"run-{number}" in run])
    return RunPosition(name, f"A{number}", luck.choice(["staging", "held"]), luck.random() < 0.7)


def _events(path: Path) -> list[SealedEvent]:
    with closing(connect_reader(path)) as connection:
        return list(queries.events(connection, 0, 100_000))


def put(admin: psycopg.Connection[Any], bench: str, events: Sequence[Any]) -> None:
    """Store events as the door does, but for when they came."""
    for epoch, event, received_at in events:
        said = json.loads(event.body)
        imei_said = said.get("dev", {}).get("imei")
        admin.execute(
            "INSERT INTO custody.event (bench_no, epoch, seq, parsed, type, imei, at, received_at,"
            " hash, sig, body) SELECT bench_no, %s, %s, true, %s, %s, %s, %s, %s, %s, %s"
            " FROM custody.bench WHERE bench_id = %s",
            (epoch, event.seq, said["type"], imei_said, said["at"], received_at, event.hash,
             bytes(64), event.body.decode(), bench),
        )  # fmt: skip
        admin.execute(
            "INSERT INTO custody.head SELECT bench_no, %s, %s, %s, %s FROM custody.bench"
            " WHERE bench_id = %s ON CONFLICT (bench_no, epoch) DO UPDATE SET"
            " last_seq = excluded.last_seq, last_hash = excluded.last_hash",
            (epoch, event.seq, event.hash, received_at, bench),
        )


def empty(admin: psycopg.Connection[Any]) -> None:
    """Take everything out that nobody but an administrator could."""
    admin.execute("SET session_replication_role = replica")
    for table in ("event", "head", "heard", "acknowledged", "alarm"):
        admin.execute(f"DELETE FROM custody.{table}")
    admin.execute("SET session_replication_role = origin")
    admin.execute("UPDATE custody.bench SET epoch = 1, state = 'active'")
    admin.execute("SELECT custody.project_anew()")


def project(connection: psycopg.Connection[Any], most: int = 1000) -> int:
    found = connection.execute("SELECT custody.project(%s)", (most,)).fetchone()
    assert found is not None
    return int(found[0])


TABLES = (
    "holding", "former_imei", "run", "licence", "sim", "daily", "resolution", "conflict",
    "conflict_side", "device", "unprojected",
)  # fmt: skip


def tables(admin: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """Return all that is looked up, but for when it was."""
    found = {
        name: sorted(admin.execute(f"SELECT * FROM custody.{name}").fetchall(), key=repr)
        for name in TABLES
    }
    far = "SELECT bench_no, epoch, seq, reading FROM custody.projected ORDER BY 1, 2"
    return found | {"projected": admin.execute(far).fetchall()}


def of_the_bench(record: Record, epoch: int) -> dict[str, list[Any]]:
    """Return the tables of a bench's own record, of its events of one epoch."""
    with closing(projection.in_memory()) as memory:
        for its, event, _ in record.events:
            if its == epoch:
                projection.apply(memory, parse(event.body))
        return {
            name: sorted(memory.execute(sql).fetchall(), key=repr)
            for name, sql in {
                "device": "SELECT uid, imei, imei2, serial, model, asset_tag, phase, run"
                " FROM device",
                "run": "SELECT run_id, device, slot, state, open, outcome FROM run",
                "licence": "SELECT pool, uid FROM licence",
            }.items()
        }
