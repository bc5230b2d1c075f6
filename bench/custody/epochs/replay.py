"""A record's events made into its tables again, in memory: what its own tables say is not asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.custody import projection, queries
from bench.custody.chain import GENESIS, leaf_hash, parse
from bench.custody.database import transaction
from bench.custody.entries import (
    DeviceRecord,
    Entry,
    LabelJob,
    LabelState,
    OpenRun,
    RunPosition,
    SealedEvent,
)
from bench.custody.people.recorded import Recorded, people_after
from bench.custody.walk import uid_of
from bench.events.orders import CustodyKind, Json

if TYPE_CHECKING:
    import sqlite3

_RUNS = """SELECT run_id, device, slot, state, open, outcome, position, policy_hash FROM run
  WHERE open OR run_id IN (SELECT run FROM device) OR run_id IN (SELECT run_id FROM (
    SELECT run_id, max(seq) FROM run WHERE outcome = 'staged' GROUP BY device)) ORDER BY seq"""
"""The runs that go on: what is open, the last of each handset, and the last that staged it."""


@dataclass(slots=True)
class Replay:
    """The tables after the events taken in so far, the end of the chain, and its people."""

    tables: sqlite3.Connection = field(default_factory=projection.in_memory)
    first: Mapping[str, Json] = field(default_factory=dict)
    seq: int = 0
    hash: str = GENESIS
    people: Mapping[str, Recorded] = field(default_factory=dict)
    _last: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[SealedEvent]) -> Replay:
        """Replay events that verify, from the first on."""
        replay = cls()
        with transaction(replay.tables):
            for event in events:
                replay._take(event)
            replay._keep_ends()
        return replay

    def devices(self) -> tuple[DeviceRecord, ...]:
        """Return every handset, the one that rested longest first."""
        return tuple(sorted(queries.devices(self.tables), key=lambda each: each.seq))

    def open_runs(self) -> tuple[OpenRun, ...]:
        """Return the runs that occupy a slot."""
        return queries.open_runs(self.tables)

    def asset_numbers(self) -> dict[str, int]:
        """Return the highest number that was given under each prefix."""
        return dict(self.tables.execute("SELECT prefix, number FROM asset_number").fetchall())

    def policies(self) -> dict[str, list[str | int]]:
        """Return which profile each fingerprint is of."""
        return queries.policies(self.tables)

    def carried(self, epoch: int) -> tuple[Entry, ...]:
        """Return the entries with which everything goes on where epoch `epoch` left it."""
        runs = _runs(self.tables)
        loose = [_loose(run, epoch, self.seq, self.hash) for run in runs.get(None, ())]
        return (
            *loose,
            *(entry for each in self.devices() for entry in self._carried(each, runs, epoch)),
        )

    def _take(self, event: SealedEvent) -> None:
        body, leaf = parse(event.body), leaf_hash(event.body)
        self.first = self.first or body
        projection.apply(self.tables, body)
        if b'"person"' in event.body:
            self.people = people_after(self.people, body)
        if uid := uid_of(body):
            self._last[uid] = (event.seq, leaf)
        self.seq, self.hash = event.seq, leaf.hex()

    def _keep_ends(self) -> None:
        """Keep each handset's last event, for the queries that name it."""
        self.tables.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, hash BLOB)")
        self.tables.executemany("INSERT INTO event VALUES (?, ?)", self._last.values())

    def _carried(
        self, device: DeviceRecord, runs: Mapping[str | None, list[_Run]], epoch: int
    ) -> Iterator[Entry]:
        """Yield one entry a handset, and one more for each other run of it that is open."""
        seq, leaf = self._last[device.uid]
        told: dict[str, Json] = {"epoch": epoch, "seq": seq, "hash": leaf.hex()}
        if held := self._licences(device.uid):
            told["licences"] = held
        own = sorted(runs.get(device.uid, ()), key=lambda run: run.position.run == device.run)
        for run in own or (None,):
            yield _entry(device, run, told)

    def _licences(self, uid: str) -> list[Json]:
        rows = self.tables.execute("SELECT pool FROM licence WHERE uid = ? ORDER BY pool", (uid,))
        return [pool for (pool,) in rows]


@dataclass(frozen=True, slots=True)
class _Run:
    position: RunPosition
    outcome: str
    policy: str
    label: tuple[LabelJob, LabelState] | None


def _entry(device: DeviceRecord | None, run: _Run | None, told: Mapping[str, Json]) -> Entry:
    told = dict(told)
    if run is not None:
        told |= {"policy": run.policy} | ({"outcome": run.outcome} if run.outcome else {})
    job, state = (run.label if run else None) or (None, None)
    return Entry(
        CustodyKind.CARRIED,
        device=device.ref if device else None,
        run=run.position if run else None,
        phase=device.phase if device else None,
        data={"carried": told},
        label_job=job,
        label_state=state,
    )


def _loose(run: _Run, epoch: int, seq: int, name: str) -> Entry:
    """A run whose handset is not known yet is carried from where the whole record ended."""
    return _entry(None, run, {"epoch": epoch, "seq": seq, "hash": name})


def _runs(tables: sqlite3.Connection) -> Mapping[str | None, list[_Run]]:
    found: dict[str | None, list[_Run]] = {}
    for run, uid, slot, state, is_open, outcome, position, policy in tables.execute(
        _RUNS
    ).fetchall():
        data = json.loads(position) if position and is_open else None
        where = RunPosition(run, slot, state, bool(is_open), data)
        label = _label(tables, run) if is_open else None
        found.setdefault(uid, []).append(_Run(where, outcome, policy, label))
    return found


def _label(tables: sqlite3.Connection, run: str) -> tuple[LabelJob, LabelState] | None:
    row = tables.execute(
        "SELECT copy, state FROM label_job WHERE run = ? ORDER BY copy DESC LIMIT 1", (run,)
    ).fetchone()
    return (LabelJob(run, row[0]), LabelState(row[1])) if row else None
