"""The custody record of a bench: one way to write, in one transaction with all that follows.

What `append` has returned is on the disk. Everything here is called on the bench's thread; long
reads elsewhere open their own connection (`connect_reader`) and use the same queries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeAlias, TypeVar

from bench.custody import checkpoints, opening, projection, queries, time_stamps
from bench.custody.body import Author, short, utc
from bench.custody.checkpoints import KeptCheckpoint
from bench.custody.database import PLAIN, Opener, lay_out_log, sound, told, transaction
from bench.custody.entries import (
    Actor,
    Appended,
    Counts,
    DeviceRecord,
    Entry,
    LabelJob,
    LedgerHeader,
    OpenRun,
    SealedEvent,
)
from bench.custody.epochs import swap
from bench.custody.key import BenchKey
from bench.custody.lock import RecordLock
from bench.custody.opening import Beginning
from bench.custody.pen import Known, Pen
from bench.custody.personal import erasure
from bench.custody.proof.note import SignedNote
from bench.custody.time_stamps import TimeStamp
from bench.events.orders import CustodyKind
from bench.identity.identifiers import AssetTag, Imei
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

Besides: TypeAlias = "Callable[[sqlite3.Connection], None]"
_NOBODY = Actor("technician")
_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
_AT_FIRST = Beginning()


class Ledger:
    """An open record, made by `Ledger.open` and held against other programs until `close`."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        key: BenchKey,
        header: LedgerHeader,
        author: Author,
        clock: Clock,
    ) -> None:
        self._path = path
        self._connection = connection
        self._key = key
        self._header = header
        self._author = author
        self._clock = clock
        self._known = Known(queries.tail(connection))
        self._frozen = queries.frozen(connection)
        self._origin = queries.origin(connection)
        self._held = ExitStack()
        self._opener = PLAIN

    @classmethod
    def open(  # noqa: PLR0913 - what a record is begun with, and how its file is opened
        cls,
        path: Path,
        key: BenchKey,
        header: LedgerHeader,
        clock: Clock,
        *,
        app_version: str,
        policy_hash: str,
        build_hash: str = "",
        begins: Beginning = _AT_FIRST,
        opener: Opener = PLAIN,
    ) -> Self:
        """Open the record at `path`, or begin one where there is no file; the folder must exist.

        Raises `ProblemError`: LEDGER_IN_USE, LEDGER_NEWER (nothing was changed), LEDGER_DAMAGED,
        LEDGER_UNUSABLE (another bench's, another key's, no rights), NOT_REAL (a simulated record
        for a real bench or the reverse), LEDGER_FULL; KEY_UNUSABLE for an encrypted one.
        """
        author = Author(app_version, short(build_hash), short(policy_hash), _NOBODY)
        with ExitStack() as held, told(path):
            held.callback(RecordLock(path).release)
            swap.settle(path)
            with sound(path):
                connection = opening.connect(path, opener)
                held.callback(connection.close)
                is_new = opening.prepare(connection, path, header, key.public)
                ledger = cls(path, connection, key, header, author, clock)
            if is_new:
                entry = opening.opening_entry(key.public, header.origin, begins)
                entries = (entry, *begins.people.entries, *begins.carried)
                ledger.append(
                    entries, by=begins.by, second=begins.second, besides=begins.people.write
                )
            ledger._held, ledger._opener = held.pop_all(), opener
        return ledger

    @property
    def header(self) -> LedgerHeader:
        """Whose record this is."""
        return self._header

    @property
    def path(self) -> Path:
        """Where the record lies; for `connect_reader` and `verify_file`, never for `open`."""
        return self._path

    @property
    def opener(self) -> Opener:
        """How its file is opened: by whoever reads it beside."""
        return self._opener

    @property
    def frozen(self) -> str:
        """Why nothing more may be written to this epoch; "" while it may."""
        return self._frozen

    def close(self) -> None:
        """Let go of the file and its lock; a second time does nothing."""
        self._held.close()

    # ── writing ─────────────────────────────────────────────────────────────────────────────────
    def append(
        self,
        entries: Sequence[Entry],
        *,
        by: Actor | None = None,
        second: Actor | None = None,
        besides: Besides | None = None,
    ) -> tuple[Appended, ...]:
        """Write all the entries and what follows from them, or nothing; then they are on the disk.

        `by` acted, and `second` signs off what takes two persons, in an event of its own; what
        `besides` does over the connection is in the same transaction.

        Raises `ProblemError`: LEDGER_FULL when the disk refuses (call again when it no longer
        does), EPOCH_FROZEN, ILLEGAL_TRANSITION, NEEDS_SECOND_PERSON, NOT_REAL for a test IMEI on a
        real bench or any other on a simulated one; and `UnrecordableError` for what has no place
        in a body.
        """
        for entry in entries:
            self._refuse_unreal(entry)
        with told(self._path):
            with transaction(self._connection):
                pen = self._pen()
                written = pen.write_all(entries, by or self._author.actor, second)
                if besides is not None:
                    besides(self._connection)
            self._known.after(pen.tail, pen.met)
        return written

    def _pen(self) -> Pen:
        if self._frozen:
            raise ProblemError(Problem(ProblemCode.EPOCH_FROZEN, self._path.name, self._frozen))
        moment = self._clock.moment()
        return Pen(self._connection, self._key, self._header, self._author, moment, self._known)

    def freeze(self, reason: str) -> None:
        """Write nothing more to this epoch: a later state of it is known elsewhere."""
        with told(self._path), transaction(self._connection):
            values = (reason, utc(self._clock.moment().at))
            self._connection.execute("INSERT OR REPLACE INTO frozen VALUES (1, ?, ?)", values)
        self._frozen = reason

    def checkpoint(self, why: str, *, by: Actor | None = None) -> SignedNote:
        """Record that the tree was signed up to here, and return its head, signed by this bench."""
        entry = Entry(CustodyKind.CHECKPOINTED, data={"why": why})
        notes: list[SignedNote] = []

        def sign(connection: sqlite3.Connection) -> None:
            notes.append(checkpoints.make(connection, self._origin, self._key))

        self.append((entry,), by=by, besides=sign)
        return notes[0]

    def keep_cosigned(self, note: SignedNote) -> None:
        """Keep a checkpoint with the lines that witnesses added to it."""
        with told(self._path), transaction(self._connection):
            checkpoints.add_signatures(self._connection, note)

    def keep_time_stamp(self, stamp: TimeStamp) -> None:
        """Keep an authority's time stamp on a checkpoint."""
        with told(self._path), transaction(self._connection):
            time_stamps.keep(self._connection, stamp)

    def last_checkpoint(self, *, cosigned: bool = False) -> KeptCheckpoint | None:
        """Return the newest checkpoint, or the newest that a witness cosigned."""
        return self._ask(checkpoints.last, cosigned=cosigned)

    def lay_out(self) -> None:
        """Make commits short: call it once before work begins, when nobody waits."""
        with told(self._path):
            lay_out_log(self._connection)

    def scrub(self) -> None:
        """Make the file anew if something that was erased may still be found in it.

        It takes seconds per gigabyte: call it before work begins. Raises `ProblemError`:
        ERASURE_UNFINISHED while another program reads an older state, LEDGER_FULL.
        """
        with told(self._path):
            if erasure.is_pending(self._connection):
                erasure.scrub(self._connection)
                lay_out_log(self._connection)

    def tidy(self) -> None:
        """Copy the write-ahead log into the file; what was acknowledged is safe in either.

        It takes as long as a few commits: call it when nobody waits for one.
        """
        with told(self._path):
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def rebuild_projections(self) -> None:
        """Make the tables that are looked up again from the events."""
        self._ask(projection.rebuild)

    def _refuse_unreal(self, entry: Entry) -> None:
        for imei in entry.device.imeis if entry.device else ():
            if imei.is_test != self._header.simulated:
                kind = "simulated" if imei.is_test else "real"
                detail = f"a {kind} handset, IMEI …{imei.tail}"
                raise ProblemError(Problem(ProblemCode.NOT_REAL, self._path.name, detail))

    # ── reading ─────────────────────────────────────────────────────────────────────────────────
    def open_runs(self) -> tuple[OpenRun, ...]:
        """Return the runs that occupy a slot, as their last event left them."""
        return self._ask(queries.open_runs)

    def device_by_imei(self, imei: Imei) -> DeviceRecord | None:
        """Return the handset with that IMEI, first or second."""
        return self._ask(queries.device_by_imei, imei)

    def devices_by_imei(self, imei: Imei) -> tuple[DeviceRecord, ...]:
        """Return every handset with that IMEI, the one met last first."""
        return self._ask(queries.devices_by_imei, imei)

    def device(self, name: str) -> DeviceRecord | None:
        """Return the handset of that IMEI, or that the record itself has that name for."""
        return self._ask(queries.device, name)

    def next_asset_tag(self, prefix: str) -> AssetTag:
        """Return the first tag of this prefix (2 to 5 capitals) above all that were ever given."""
        return self._ask(queries.next_asset_tag, prefix)

    def counts(self) -> Counts:
        """Return the record in numbers."""
        return self._ask(queries.counts)

    def pending_label_jobs(self) -> tuple[LabelJob, ...]:
        """Return the labels still to print, in the order they were asked for."""
        return self._ask(queries.pending_label_jobs)

    def history(self, uid: str) -> tuple[SealedEvent, ...]:
        """Return every event of that handset, the first one first."""
        return self._ask(queries.history, uid)

    def tail(self) -> Appended:
        """Return the last event; there is always one."""
        last = self._ask(queries.last)
        assert last is not None, "an open record has its first event"
        return last

    def events(self, after_seq: int, limit: int) -> tuple[SealedEvent, ...]:
        """Return up to `limit` events that follow number `after_seq`."""
        return self._ask(queries.events, after_seq, limit)

    def projections_match(self) -> bool:
        """Whether the tables that are looked up are what a replay of the events gives."""
        return self._ask(projection.matches)

    def _ask(
        self,
        query: Callable[Concatenate[sqlite3.Connection, _Asked], _Answer],
        *args: _Asked.args,
        **kwargs: _Asked.kwargs,
    ) -> _Answer:
        with told(self._path), sound(self._path):
            return query(self._connection, *args, **kwargs)
