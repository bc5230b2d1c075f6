"""Three benches and a centre: a cable that breaks, an old image, a handset on two benches.

Everything is real but the handsets: records, the exchange, PostgreSQL and its certificates, or the
drop. It blocks, in a process that has no window or no longer has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.clock import SystemClock
from bench.custody import queries
from bench.custody.database import connect_reader
from bench.custody.entries import LedgerHeader
from bench.inventory.central.certificates import Authority, utc_now
from bench.inventory.centre import Centre
from bench.inventory.doors.drop import DropDoor
from bench.inventory.drop.batch import BatchName, read_batch
from bench.inventory.drop.seal import Seal, Trust
from bench.inventory.outbox import Outbox
from bench.inventory.projections.taking import project_all
from bench.inventory.sync.inbox import Inbox
from bench.inventory.sync.sending import Limits, Outcome, Sending, Sent
from bench.inventory.sync.site import Site, session
from bench.inventory.training_centre.cable import Cable
from bench.inventory.training_centre.cast import SECOND, THIRD, Cast, freeze, work_on
from bench.inventory.training_centre.store import NAME, Keys, TrainingStore
from bench.inventory.training_centre.verdict import BenchEnd, Conflict, Ends

if TYPE_CHECKING:
    import psycopg

Door = Callable[[LedgerHeader], Centre]
_CUT_AFTER = 40_000
"""Bytes: an exchange without events is far shorter, one with some hundred far longer."""
_PATIENCE = Limits(try_for=20.0, at_most=60.0)


def sync(record: Path, door: Door) -> Sent:
    """Send what waits of a record, as a bench does at night."""
    site = Site(
        record=record,
        outbox=lambda: Outbox.open(record),
        door=door,
        down=lambda *_: None,
        clock=SystemClock(),
    )
    with session(site) as opened:
        return Sending(opened, site.clock, _PATIENCE, lambda _: None, Inbox()).send()


# ── at a store ──────────────────────────────────────────────────────────────────────────────────
def at_store(cast: Cast, store: TrainingStore) -> Ends:
    """Play it at a store; leave it with all that came looked up."""
    from bench.inventory.doors.postgres import PostgresDoor  # noqa: PLC0415 - loads psycopg

    first = _bench(cast.first)
    with closing(store.connect()) as admin:
        keys = {name: store.add_bench(admin, name) for name in (first, SECOND, THIRD)}

    def door(port: int | None = None) -> Door:
        def opened(header: LedgerHeader) -> Centre:
            its: Keys = keys[header.bench]
            return PostgresDoor(
                store.address(port), its.certificate, its.key, its.trust, header.bench
            )

        return opened

    sync(cast.first, door())
    sync(cast.third, door())
    with Cable(store.server.port, after=_CUT_AFTER) as cable:
        sync(cast.second, door(cable.port))
    _restored(cast, door())
    with closing(store.connect()) as admin:
        project_all(admin)
        benches = ((first, cast.first), (SECOND, cast.second), (THIRD, cast.third))
        ends = tuple(_end(admin, bench, record) for bench, record in benches)
        return Ends(cable.cuts, ends, tuple(_conflicts(admin)))


def _restored(cast: Cast, door: Door) -> Sent:
    """Restore the third bench's disk from the image, work on, and have it sync."""
    work_on(cast.restored)
    sent = sync(cast.restored, door)
    if sent.freeze:
        freeze(cast.restored, THIRD, sent.freeze)
    return sent


def _end(admin: psycopg.Connection[Any], bench: str, record: Path) -> BenchEnd:
    row = admin.execute(
        "SELECT state = 'frozen', ARRAY(SELECT DISTINCT kind FROM custody.alarm a"
        " WHERE a.bench_no = b.bench_no ORDER BY kind), ARRAY(SELECT encode(hash, 'hex')"
        " FROM custody.event e WHERE e.bench_no = b.bench_no ORDER BY epoch, seq)"
        " FROM custody.bench b WHERE bench_id = %s",
        (bench,),
    ).fetchone()
    assert row is not None, "a bench that was let in"
    frozen, alarms, stored = row
    return BenchEnd(bench, recorded(record), tuple(stored), frozen, tuple(alarms))


def _conflicts(admin: psycopg.Connection[Any]) -> Iterator[Conflict]:
    rows = admin.execute(
        "SELECT s.imei, array_agg(DISTINCT b.bench_id), bool_and(d.custody = 'quarantined')"
        " FROM custody.conflict c JOIN custody.conflict_side s USING (kind, value)"
        " JOIN custody.bench b USING (bench_no) LEFT JOIN custody.device d ON d.key = s.key"
        " WHERE c.state = 'open' GROUP BY s.imei HAVING count(DISTINCT s.bench_no) > 1"
    )
    for imei, benches, quarantined in rows:
        yield Conflict(imei or "", tuple(benches), bool(quarantined))


# ── at a drop ───────────────────────────────────────────────────────────────────────────────────
def at_drop(cast: Cast, folder: Path) -> Ends:
    """Play it into a folder, where no PostgreSQL is; nobody is there to compare benches."""
    folder.mkdir()
    now = utc_now()
    authority = Authority.begin(NAME, now)
    trust = Trust.of(authority.identity.certificate, NAME)

    def door(header: LedgerHeader) -> Centre:
        identity = seals.setdefault(header.bench, authority.bench(header.bench, now))
        seal = Seal.of(identity.certificate, identity.key, header.bench)
        return DropDoor(folder, header.bench, seal, trust, simulated=header.simulated)

    seals = {THIRD: authority.bench(THIRD, now)}
    for record in (cast.first, cast.second, cast.third):
        sync(record, door)
    forked = _restored(cast, door).outcome is Outcome.STOPPED
    return Ends(0, tuple(_carried(folder, cast, forked=forked)), ())


def _carried(folder: Path, cast: Cast, *, forked: bool) -> Iterator[BenchEnd]:
    for record in (cast.first, cast.second, cast.third):
        bench, own = _bench(record), recorded(record)
        alarms = ("fork",) if forked and record == cast.third else ()
        yield BenchEnd(bench, own, tuple(_leaves(folder / bench)), bool(alarms), alarms)


def _leaves(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.batch")):
        name = BatchName.parse(path.name)
        assert name is not None, "what a bench just wrote"
        yield from (event.hash.hex() for event in read_batch(name, path.read_bytes()).events)


# ── the records ─────────────────────────────────────────────────────────────────────────────────
def recorded(record: Path) -> tuple[str, ...]:
    """Return the leaf hashes of a record's events, in hex, in their order."""
    with closing(connect_reader(record)) as connection:
        return tuple(event.hash.hex() for event in queries.events_between(connection, 0, 0))


def _bench(record: Path) -> str:
    with Outbox.open(record) as outbox:
        return outbox.header.bench
