"""Writes entries one behind the other, within one transaction: the end of the chain in one hand.

The moment is taken once, because what is committed together happened together; the end of the chain
and the handsets met are known from the transaction before, and read only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bench.custody import checkpoints, projection, queries, two_persons
from bench.custody.body import Author, Place, Standing, Tail, boot_of, compose
from bench.custody.chain import leaf_hash, spelled
from bench.custody.entries import Actor, Appended, DeviceRef, Entry, LedgerHeader
from bench.custody.event_ids import next_event_id
from bench.custody.key import BenchKey
from bench.custody.personal.commitments import Commitment, commit_to
from bench.custody.personal.table import keep
from bench.custody.phases import TELLS_PHASE, Phase, forced_phase, phase_after
from bench.events.orders import CustodyKind, Json
from bench.ports import Moment
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_STEP = 2000
"""Milliseconds by which wall clock and time since boot may drift apart between two events."""
_REMEMBERED = 4096


@dataclass(slots=True)
class Known:
    """What the transactions before left: the end of the chain, and the handsets met."""

    tail: Tail
    standings: dict[str, Standing] = field(default_factory=dict)

    def after(self, tail: Tail, met: dict[str, Standing]) -> None:
        """Take over what a transaction that is on the disk has changed."""
        self.tail = tail
        if len(self.standings) > _REMEMBERED:
            self.standings.clear()
        self.standings |= met


class Pen:
    """Good for one transaction; whoever holds it commits or rolls back."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        key: BenchKey,
        header: LedgerHeader,
        author: Author,
        moment: Moment,
        known: Known,
    ) -> None:
        self._connection = connection
        self._key = key
        self._header = header
        self._author = author
        self._moment = moment
        self._at = int(moment.at.timestamp() * 1000)
        self._known = known
        self.tail = known.tail
        self.met: dict[str, Standing] = {}
        _refuse_backwards(moment, known.tail)

    def write_all(
        self, entries: Sequence[Entry], by: Actor, second: Actor | None
    ) -> tuple[Appended, ...]:
        """Write the entries, after a note of a clock that was set and before a sign-off of them."""
        self._note_clock()
        written = tuple(self._write(entry, by) for entry in entries)
        alone = [
            (entry, done)
            for entry, done in zip(entries, written, strict=True)
            if two_persons.are_needed(entry)
        ]
        if alone:
            second = two_persons.refuse_alone(by, second, simulated=self._header.simulated)
            of: list[Json] = [done.hash.hex() for _, done in alone]
            device = _one_device([entry for entry, _ in alone])
            self._write(Entry(CustodyKind.SIGNED_OFF, device, data={"of": of}), by, second)
        return written

    def _write(self, entry: Entry, by: Actor, second: Actor | None = None) -> Appended:
        if entry.kind is CustodyKind.EPOCH_OPENED and self.tail.seq:
            raise ValueError("An epoch is opened once, by `open`.")
        if entry.kind is CustodyKind.CHECKPOINTED:
            origin = queries.origin(self._connection)
            total = checkpoints.signatures_sum(self._connection, origin, self._key)
            entry = replace(entry, data={**entry.data, "sigs": total})
        standing = self._standing(entry)
        phase = _phase(entry, standing.phase)
        event_id = next_event_id(self.tail.event_id, self._at)
        place = Place(event_id, self._moment, self._header, self._author, by, self.tail)
        commitments = [commit_to(each) for each in entry.personal]
        commit: dict[str, Json] = {each.field: each.digest for each in commitments}
        body = compose(entry, place, standing, phase, commit=commit, second=second)
        text = spelled(body)
        leaf = leaf_hash(text)
        self._connection.execute(
            "INSERT INTO event (seq, body, hash, sig) VALUES (?, ?, ?, ?)",
            (self.tail.seq + 1, text.decode(), leaf, self._key.sign(leaf)),
        )
        projection.apply(self._connection, body, stands=_stands(entry, standing, phase))
        self._keep(event_id, commitments)
        return self._move_on(entry, phase, leaf, event_id)

    def _keep(self, event_id: str, commitments: Sequence[Commitment]) -> None:
        for each in commitments:
            keep(self._connection, event_id, each)

    def _standing(self, entry: Entry) -> Standing:
        if entry.device is None:
            return Standing()
        uid = entry.device.uid
        found = self.met.get(uid) or self._known.standings.get(uid)
        return found or queries.standing(self._connection, uid)

    def _move_on(self, entry: Entry, phase: Phase, leaf: bytes, event_id: str) -> Appended:
        seq, name, moment = self.tail.seq + 1, leaf.hex(), self._moment
        self.tail = Tail(seq, name, event_id, boot_of(moment), moment.mono, self._at)
        if entry.device is not None:
            run = entry.run.run if entry.run else ""
            self.met[entry.device.uid] = Standing(seq, name, phase, entry.device, run)
        return Appended(seq, leaf, event_id)

    def _note_clock(self) -> None:
        """Say in the record that the clock was set, before anything is written under it."""
        if self.tail.seq and (step := _step(self._at, self._moment, self.tail)):
            self._write(Entry(CustodyKind.CLOCK_STEPPED, data={"by_ms": step}), self._author.actor)


def _one_device(entries: Sequence[Entry]) -> DeviceRef | None:
    """Return the handset that all of them are about: its history then shows who signed off."""
    first, *rest = (entry.device for entry in entries)
    alike = first is not None and all(each and each.uid == first.uid for each in rest)
    return entries[-1].device if alike else None


def _phase(entry: Entry, before: Phase) -> Phase:
    """Return the phase after the entry; `ProblemError` where the table has no way there."""
    if entry.device is None:
        return before
    if entry.phase is not None and entry.kind in TELLS_PHASE:
        return entry.phase
    after = phase_after(entry.kind, before)
    if after is None and not entry.override:
        where, detail = entry.device.imeis[0].tail if entry.device.imeis else "", entry.kind.value
        problem = Problem(ProblemCode.ILLEGAL_TRANSITION, where, f"{detail} while {before}")
        raise ProblemError(problem)
    return after or forced_phase(entry.kind, before)


def _stands(entry: Entry, standing: Standing, phase: Phase) -> bool:
    """Whether all that is looked up of the handset stays as it is, but for its run's last event."""
    same_run = bool(standing.run) and entry.run is not None and entry.run.run == standing.run
    return same_run and (entry.device, phase) == (standing.device, standing.phase)


def _step(at: int, moment: Moment, tail: Tail) -> int:
    """Return by how many milliseconds the clock was set since the last event; 0 for not at all.

    Over a restart only a clock that went back can be told from time that passed.
    """
    passed = at - tail.at
    step = passed - (moment.mono - tail.mono) if boot_of(moment) == tail.boot else min(passed, 0)
    return step if abs(step) > _STEP else 0


def _refuse_backwards(moment: Moment, tail: Tail) -> None:
    """Since one boot time never runs backwards, or the record would not verify."""
    if boot_of(moment) == tail.boot and moment.mono < tail.mono:
        detail = "the computer's clock ran backwards: restart it"
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, detail=detail))
