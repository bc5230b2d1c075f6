"""A centre with devices in it, and what feeds inventories from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg

from bench.inventory.connectors.feeding import feed_once
from bench.inventory.connectors.filed import SnipeIt
from bench.inventory.connectors.line import Limits, Line, Site
from bench.inventory.connectors.outbox import Outbox
from bench.inventory.connectors.pace import Budget, Pace
from bench.inventory.connectors.port import Connector
from bench.inventory.connectors.rate import Bucket
from bench.inventory.connectors.snipe_it.connector import SnipeItConnector
from tests.peers.centre.centre_room import CentreRoom, centre_room
from tests.peers.connectors.snipe_it_stand_in import TOKEN, SnipeItStandIn

LABELS = {
    "in-stock": "pending", "at-bench": "pending", "staged": "deployable",
    "handed-over": "deployable", "quarantined": "undeployable", "disposed": "archived",
}  # fmt: skip


@dataclass
class FakeTime:
    """A clock that only sleeping moves."""

    now: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Centre:
    """One database of the room's server, as the service at the centre sees it."""

    room: CentreRoom
    database: str

    def connect(self) -> psycopg.Connection[Any]:
        words = self.room.server.admin.replace("dbname=postgres", f"dbname={self.database}")
        connection = psycopg.connect(words, autocommit=True)
        connection.execute("SET ROLE staging_service")
        return connection

    def admin(self) -> psycopg.Connection[Any]:
        return replace(self.room, database=self.database).admin()

    def has(self, number: int, **its: Any) -> str:
        """Have a device, or another state of it; return its name."""
        return self.has_each([number], **its)[0]

    def has_each(self, numbers: Iterable[int], **its: Any) -> list[str]:
        """Have several, all alike; return their names."""
        with self.admin() as admin:
            return [_put(admin, number, its) for number in numbers]

    def bench(self, name: str) -> int:
        """Have another bench; return its number."""
        with self.admin() as admin:
            found = admin.execute(
                "INSERT INTO custody.bench (bench_id, role_name, organisation)"
                " VALUES (%(name)s::text, %(name)s::text, 'o') ON CONFLICT (bench_id)"
                " DO UPDATE SET bench_id = excluded.bench_id RETURNING bench_no", {"name": name},
            ).fetchone()  # fmt: skip
        assert found is not None
        return int(found[0])

    def is_at(self, bench: int, *, events: int, projected: int) -> None:
        """Have that bench's events come in so far, and be looked through so far."""
        with self.admin() as admin:
            admin.execute(
                "INSERT INTO custody.head (bench_no, epoch, last_seq, last_hash)"
                " VALUES (%s, 1, %s, sha256('x')) ON CONFLICT (bench_no, epoch)"
                " DO UPDATE SET last_seq = excluded.last_seq", (bench, events),
            )  # fmt: skip
            admin.execute(
                "INSERT INTO custody.projected (bench_no, epoch, seq, reading)"
                " VALUES (%s, 1, %s, 1) ON CONFLICT (bench_no, epoch)"
                " DO UPDATE SET seq = excluded.seq", (bench, projected),
            )  # fmt: skip

    def came(self, bench: int, seq: int) -> None:
        """Have that event of a bench come in just now."""
        with self.admin() as admin:
            admin.execute(
                "INSERT INTO custody.event (bench_no, epoch, seq, parsed, hash, sig, body)"
                " VALUES (%s, 1, %s, false, sha256('x'), decode(repeat('00', 64), 'hex'), 'x')",
                (bench, seq),
            )

    def knows(self, bench: int, number: int) -> None:
        """Have that bench know a device too."""
        with self.admin() as admin:
            admin.execute(
                "INSERT INTO custody.holding (bench_no, uid, imei, first_at, first_received_at,"
                " first_epoch, first_seq, last_at, last_received_at, epoch, seq, events)"
                " VALUES (%s, 'x', %s, now(), now(), 1, 1, now(), now(), 1, 1, 1)",
                (bench, f"00440000{number:07d}"),
            )

    def row(self, device: str, connector: str = "snipe-it") -> dict[str, Any]:
        with self.admin() as admin:
            found = admin.execute(
                "SELECT to_jsonb(c) FROM custody.connector_device c"
                " WHERE connector = %s AND device = %s", (connector, device),
            ).fetchone()  # fmt: skip
        assert found is not None
        its: dict[str, Any] = found[0]
        return its

    def due_now(self) -> None:
        """Let the time pass until everything is tried again."""
        with self.admin() as admin:
            admin.execute("UPDATE custody.connector_device SET next_try = now()")
            admin.execute("UPDATE custody.connector SET next_try = now(), bucket = '{}'")

    def begun(self, connector: Connector) -> None:
        """Say yes, as a person does after a preview."""
        with self.connect() as connection:
            outbox = Outbox(connection, connector.about)
            outbox.previewed(bytes(32), "")
            outbox.begin("tester")


@contextmanager
def connectors_room(folder: Path) -> Iterator[CentreRoom]:
    with centre_room(folder) as room:
        yield room


def emptied(room: CentreRoom) -> Centre:
    """Return the first centre, without devices and without what was fed of them."""
    with room.admin() as admin:
        admin.execute(
            "TRUNCATE custody.connector CASCADE; DELETE FROM custody.device;"
            "DELETE FROM custody.holding; DELETE FROM custody.projected; DELETE FROM custody.head"
        )
    return Centre(room, "custody")


def another(room: CentreRoom, name: str) -> Centre:
    """Return a centre without devices, a copy of the first."""
    emptied(room)
    words = room.server.admin
    with psycopg.connect(words, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE custody')
    return Centre(room, name)


def stocked(there: SnipeItStandIn) -> SnipeIt:
    """Give a Snipe-IT what a feeder needs, and return the settings for it."""
    stock = there.stock
    fieldset = stock.fieldset("Handset")
    columns = [stock.column(name, fieldset) for name in ("IMEI", "IMEI 2")]
    for phase, kind in LABELS.items():
        stock.label(f"Staging: {phase}", kind)
    stock.model("SM-A325F", fieldset)
    return SnipeIt(
        url=there.wire.url, token="snipe-it", per_minute=1_000_000,
        status={phase: f"Staging: {phase}" for phase in LABELS},
        imei_column=columns[0], imei2_column=columns[1], check_out={"handed-over": "location:3"},
    )  # fmt: skip


def fed_by(
    settings: SnipeIt, time: FakeTime | None = None, token: str = TOKEN, silence: float = 30.0
) -> SnipeItConnector:
    clock = time or FakeTime()
    pace = Pace("snipe-it", Bucket(settings.per_minute), clock=clock, sleep=clock.sleep)
    site = Site("snipe-it", settings.url, f"Bearer {token}")
    line = Line(site, pace, Limits(silence=silence))
    return SnipeItConnector(settings, line, pace, is_here=True)


ENOUGH = Budget(seconds=10_000.0)


def fed(centre: Centre, connector: Connector, budget: Budget = ENOUGH) -> Any:
    return feed_once(centre.connect, connector, budget)


def told(text: str) -> Any:
    return json.loads(text)


def _put(admin: psycopg.Connection[Any], number: int, its: dict[str, Any]) -> str:
    row = {
        "key": f"imei:00440000{number:07d}", "uid": f"u{number}",
        "imei": f"00440000{number:07d}", "imei2": None,
        "serial": f"R00{number:05d}", "model": "SM-A325F",
        "asset_tag": f"AST-{number:06d}", "phase": "staged", "in_conflict": False,
        "custodian": None, "lasting": None, **its,
    }  # fmt: skip
    row = {"custody": row["phase"], **row}
    admin.execute(
        "INSERT INTO custody.bench (bench_id, role_name, organisation)"
        " VALUES ('bench-1', 'bench-1', 'o') ON CONFLICT DO NOTHING"
    )
    admin.execute(
        "INSERT INTO custody.device (key, bench_no, uid, imei, imei2, serial, model,"
        " asset_tag, phase, custody, custodian, last_at, benches, in_conflict, lasting)"
        " VALUES (%(key)s, 1, %(uid)s, %(imei)s, %(imei2)s, %(serial)s, %(model)s,"
        " %(asset_tag)s, %(phase)s, %(custody)s, %(custodian)s, '2026-11-24', 1,"
        " %(in_conflict)s, %(lasting)s)"
        " ON CONFLICT (key) DO UPDATE SET serial = excluded.serial,"
        " asset_tag = excluded.asset_tag, phase = excluded.phase, model = excluded.model,"
        " custody = excluded.custody, in_conflict = excluded.in_conflict,"
        " custodian = excluded.custodian, imei2 = excluded.imei2,"
        " lasting = excluded.lasting", row,
    )  # fmt: skip
    return str(row["key"])
