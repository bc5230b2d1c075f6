"""What can be taken out of a record that is damaged, frozen or too old; it only reads.

Everything is replayed from the events as far as their chain holds, for tables can be changed.
It takes some seconds per hundred thousand events; call it on a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from bench.custody import queries
from bench.custody.backup.trial import PLAIN, Form
from bench.custody.entries import DeviceRecord, Entry, LedgerHeader, OpenRun
from bench.custody.epochs import tags
from bench.custody.epochs.reach import TROUBLE, reach, readable, verdict_of
from bench.custody.epochs.replay import Replay
from bench.custody.epochs.roll import Roll
from bench.custody.proof.checkpoint import ED25519, Checkpoint, is_log_signed
from bench.custody.proof.note import SignedNote, VerifierKey
from bench.custody.verification import Progress, Verdict
from bench.custody.walk import named_key, named_origin
from bench.events.orders import Json

if TYPE_CHECKING:
    import sqlite3

Stamp: TypeAlias = "tuple[tuple[int, int] | None, ...]"
"""Size in bytes and time of change, in nanoseconds, of a file and its log."""
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Salvage:
    """What is left of the record at `path`.

    `bench`, `epoch`, `simulated`, `origin` are as its first event says; where that is lost, "", 0,
    None and "".
    `seq` and `hash` (hex) name its last good event: 0 and zeros for none. `note` is its last
    checkpoint that a witness cosigned, else the last; it may be over more events than are good.
    `carried` is how the handsets and open runs go on.
    """

    path: Path
    stamp: Stamp
    verdict: Verdict
    bench: str
    epoch: int
    simulated: bool | None
    origin: str
    seq: int
    hash: str
    frozen: str
    note: SignedNote | None
    devices: tuple[DeviceRecord, ...]
    open_runs: tuple[OpenRun, ...]
    carried: tuple[Entry, ...]
    asset_numbers: Mapping[str, int]
    policies: Mapping[str, list[str | int]]
    roll: Roll

    @property
    def header(self) -> LedgerHeader | None:
        """Whose record it was; None where it cannot say."""
        if self.simulated is None:
            return None
        organisation = self.origin.removesuffix(f"/{self.bench}/e{self.epoch}")
        return LedgerHeader(self.bench, self.simulated, self.epoch, organisation)

    @property
    def fault(self) -> str:
        """Say what is broken, from which event; "" for nothing."""
        if self.verdict.verifies:
            return ""
        first = self.verdict.first_bad
        return f"event {first}: {self.verdict.reason}" if first else self.verdict.reason


def salvage(
    path: Path,
    *,
    public_key: bytes | None = None,
    form: Form = PLAIN,
    progress: Progress = lambda _: None,
) -> Salvage:
    """Read whatever is readable at `path`; never fails, nothing is changed.

    With `public_key` (32 bytes) only what that key signed is believed.
    """
    stamp = stamp_of(path)
    verdict = verdict_of(path, form, public_key, progress)
    good = _good(verdict, path, form, public_key)
    try:
        connection = form.connect(path)
    except TROUBLE:
        return _salvaged(path, stamp, verdict, None, good, {})
    rest = _rest(path, form, good)
    with closing(connection):
        return _salvaged(path, stamp, verdict, connection, good, rest)


def stamp_of(path: Path) -> Stamp:
    """Return what tells whether a record was written to; a reader may leave an empty log."""
    found: list[tuple[int, int] | None] = []
    for each in (path, path.with_name(path.name + "-wal")):
        state = each.stat() if each.is_file() else None
        found.append((state.st_size, state.st_mtime_ns) if state and state.st_size else None)
    return tuple(found)


def _salvaged(
    path: Path,
    stamp: Stamp,
    verdict: Verdict,
    record: sqlite3.Connection | None,
    good: int,
    rest: Mapping[str, int],
) -> Salvage:
    replay = Replay.of(readable(record, good) if record and good else ())
    home, epoch = replay.first, _whole(replay.first.get("epoch"))
    bench = home.get("bench")
    return Salvage(
        path=path,
        stamp=stamp,
        verdict=verdict,
        bench=bench if isinstance(bench, str) else "",
        epoch=epoch,
        simulated="sim" in home if home else None,
        origin=named_origin(dict(home)) or "",
        seq=replay.seq,
        hash=replay.hash,
        frozen=_tried(lambda: str(queries.frozen(record)) if record else "", ""),
        note=_tried(lambda: _note(record, home) if record else None, None),
        devices=replay.devices(),
        open_runs=replay.open_runs(),
        carried=replay.carried(epoch),
        asset_numbers=tags.highest(replay.asset_numbers(), rest),
        policies=replay.policies(),
        roll=Roll.of(record, replay.people) if record else Roll(),
    )


def _good(verdict: Verdict, path: Path, form: Form, public_key: bytes | None) -> int:
    """Return how many events work can go on from.

    Over a connection of its own: SQLCipher's answers nothing more once a page was damaged.
    """
    if verdict.verifies:
        return verdict.events
    try:
        with closing(form.connect(path)) as record:
            return reach(record, public_key)
    except TROUBLE:
        return verdict.events


def _rest(path: Path, form: Form, good: int) -> Mapping[str, int]:
    try:
        with closing(form.connect(path)) as record:
            return tags.in_rest(record, good)
    except TROUBLE:
        return {}


def _note(record: sqlite3.Connection, first: Mapping[str, Json]) -> SignedNote | None:
    """Return the last checkpoint that the record's own key signed, a cosigned one before others."""
    key, origin = named_key(dict(first)), named_origin(dict(first))
    rows = record.execute("SELECT note FROM checkpoint ORDER BY cosigned > 0 DESC, size DESC")
    for (text,) in rows:
        try:
            note = SignedNote.parse(str(text).encode())
            Checkpoint.parse(note.text)
        except ValueError:
            continue
        if key and origin and is_log_signed(note, VerifierKey(origin, ED25519, key)):
            return note
    return None


def _tried(ask: Callable[[], _Answer], otherwise: _Answer) -> _Answer:
    try:
        return ask()
    except TROUBLE:
        return otherwise


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
