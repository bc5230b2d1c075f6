"""The custody record of a bench: one way to write, in one transaction with all that follows.

What `append` has returned is on the disk. Everything here is called on the bench's thread; long
reads elsewhere open their own connection (`connect_reader`) and use the same queries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar

from bench.custody import opening, projection, queries
from bench.custody.body import Author
from bench.custody.database import told, transaction
from bench.custody.entries import (
    Appended,
    Counts,
    DeviceRecord,
    Entry,
    LabelJob,
    LedgerHeader,
    RunPosition,
    SealedEvent,
)
from bench.custody.key import BenchKey
from bench.custody.lock import RecordLock
from bench.custody.pen import Pen
from bench.identity.identifiers import AssetTag, Imei
from bench.ports import Clock
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


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
        self._held = ExitStack()

    @classmethod
    def open(
        cls,
        path: Path,
        key: BenchKey,
        header: LedgerHeader,
        clock: Clock,
        *,
        app_version: str,
        policy_hash: str,
        actor: str = "technician",
        build_hash: str = "",
    ) -> Self:
        """Open the record at `path`, or begin one where there is no file; the folder must exist.

        Raises `ProblemError`: LEDGER_IN_USE, LEDGER_NEWER (nothing was changed), LEDGER_DAMAGED,
        LEDGER_UNUSABLE (another bench's, another key's, no rights), NOT_REAL (a simulated record
        for a real bench or the reverse), LEDGER_FULL.
        """
        author = Author(app_version, build_hash, policy_hash, actor)
        with ExitStack() as held, told(path):
            held.callback(RecordLock(path).release)
            connection = opening.connect(path)
            held.callback(connection.close)
            is_new = opening.prepare(connection, path, header, key.public)
            ledger = cls(path, connection, key, header, author, clock)
            if is_new:
                ledger.append((opening.opening_entry(key.public),))
            ledger._held = held.pop_all()
        return ledger

    @property
    def header(self) -> LedgerHeader:
        """Whose record this is."""
        return self._header

    @property
    def path(self) -> Path:
        """Where the record lies; for `connect_reader` and `verify_file`, never for `open`."""
        return self._path

    def close(self) -> None:
        """Let go of the file and its lock; a second time does nothing."""
        self._held.close()

    # ── writing ─────────────────────────────────────────────────────────────────────────────────
    def append(self, entries: Sequence[Entry]) -> tuple[Appended, ...]:
        """Write all the entries and what follows from them, or nothing; then they are on the disk.

        Raises `ProblemError`: LEDGER_FULL when the disk refuses (call again when it no longer
        does), NOT_REAL for a test IMEI on a real bench or any other on a simulated one; and
        `UnrecordableError` for what has no place in a body.
        """
        for entry in entries:
            self._refuse_unreal(entry)
        with told(self._path), transaction(self._connection):
            pen = Pen(self._connection, self._key, self._header, self._author, self._clock.moment())
            return tuple(pen.write(entry) for entry in entries)

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
    def open_runs(self) -> tuple[RunPosition, ...]:
        """Return the runs that occupy a slot, as their last event left them."""
        return self._ask(queries.open_runs)

    def device_by_imei(self, imei: Imei) -> DeviceRecord | None:
        """Return the handset with that IMEI, first or second."""
        return self._ask(queries.device_by_imei, imei)

    def next_asset_tag(self, prefix: str) -> AssetTag:
        """Return the first tag of this prefix (2 to 5 capitals) above all that were ever given."""
        return self._ask(queries.next_asset_tag, prefix)

    def counts(self) -> Counts:
        """Return the record in numbers."""
        return self._ask(queries.counts)

    def pending_label_jobs(self) -> tuple[LabelJob, ...]:
        """Return the labels still to print, in the order they were asked for."""
        return self._ask(queries.pending_label_jobs)

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
        with told(self._path):
            return query(self._connection, *args, **kwargs)
