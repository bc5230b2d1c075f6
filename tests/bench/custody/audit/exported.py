"""Bundles as a bench exports them: a made-up record, its witnesses, and the policy to believe."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bench.custody.audit.assembly import bundle, read_section
from bench.custody.audit.bundle import Section, to_bytes
from bench.custody.database import connect_reader
from bench.custody.entries import DeviceRef, Entry, LedgerHeader, SealedEvent
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.proof.checkpoint import log_key, witness_key
from bench.custody.proof.note import NoteSignature, SignedNote
from bench.events.orders import CustodyKind, Json
from tests.bench.custody.proof.signers import NOON, cosigned, made_up_key
from tests.bench.custody.record import CountingClock, device, last_time, position, queued, scanned

ORGANISATION = "custody.example"
NORTH, SOUTH, EAST = "witness.example/north", "witness.example/south", "witness.example/east"
CENTRAL = "custody.example/central"
HOUR = 3600


@dataclass(frozen=True)
class Exported:
    """A bundle's bytes, and the policy under which it is good."""

    policy: bytes
    data: bytes
    section: Section


def header(epoch: int = 1, bench: str = "bench-07") -> LedgerHeader:
    return LedgerHeader(bench, simulated=True, epoch=epoch, organisation=ORGANISATION)


def open_record(folder: Path, of: LedgerHeader | None = None) -> Ledger:
    """Open a record under a key that is always the same for its origin."""
    of = of or header()
    path = folder / f"{of.bench}-e{of.epoch}.db"
    clock = CountingClock(boot=uuid.uuid4().hex, start=last_time(path))
    return Ledger.open(
        path, made_up_key(of.origin), of, clock, app_version="0.1.0", policy_hash="ab" * 32
    )


def policy(origins: Iterable[str] = (header().origin,), quorum: str = "all") -> bytes:
    """Return a policy that believes these logs, the central inventory, and two witnesses."""
    logs = [f"log {log_key(origin, made_up_key(origin))}\n" for origin in (*origins, CENTRAL)]
    witnesses = [
        f"witness {name.rpartition('/')[2]} {witness_key(name, made_up_key(name))}\n"
        for name in (NORTH, SOUTH)
    ]
    group = f"group both {quorum} north south\nquorum both\n"
    return "".join(("# made up\n\n", *logs, *witnesses, group)).encode()


def life(number: int) -> list[Entry]:
    """Return a handset's way over the bench."""
    staged = replace(scanned(number), kind=CustodyKind.STAGED, run=position(number, "staged"))
    out = replace(staged, kind=CustodyKind.TAKEN_OUT, run=None, reason="done\t✔")
    out = replace(out, from_="bench-07/A1", to="bench-07/ausgang: „grün“")
    return [scanned(number), queued(number), staged, out]


def check(ledger: Ledger, time: int, witnesses: Sequence[str] = (NORTH, SOUTH)) -> SignedNote:
    note = cosigned(ledger.checkpoint("test"), *witnesses, time=time)
    ledger.keep_cosigned(note)
    return note


def export(ledger: Ledger, ref: DeviceRef, time: int = NOON + 2 * HOUR) -> SignedNote:
    """Say in the record that the handset's history is handed out, and have that witnessed."""
    ledger.append([Entry(CustodyKind.EXPORTED, ref)])
    return check(ledger, time)


def kept_notes(ledger: Ledger) -> list[SignedNote]:
    with closing(connect_reader(ledger.path)) as connection:
        rows = connection.execute("SELECT note FROM checkpoint ORDER BY size").fetchall()
    return [SignedNote.parse(note.encode()) for (note,) in rows]


def section_of(ledger: Ledger, uid: str) -> Section:
    with closing(connect_reader(ledger.path)) as connection:
        return read_section(connection, uid, kept_notes(ledger))


def fill(ledger: Ledger, number: int = 1) -> None:
    """Write the lives of a few handsets, the one asked for among them, under two checkpoints."""
    first, *rest = life(number)
    ledger.append([scanned(8), first, scanned(9)])
    check(ledger, NOON)
    ledger.append([*rest, scanned(8)])
    check(ledger, NOON + HOUR)
    ledger.append([scanned(9)])


def exported(folder: Path, number: int = 1) -> Exported:
    """Return the bundle of a handset that was at one bench in one epoch."""
    ref = device(number, number)
    with closing(open_record(folder)) as ledger:
        fill(ledger, number)
        export(ledger, ref)
        part = section_of(ledger, ref.uid)
    return Exported(policy(), to_bytes(bundle([part])), part)


def carried(last: SealedEvent, ref: DeviceRef, epoch: int) -> Entry:
    data: dict[str, Json] = {"epoch": epoch, "seq": last.seq, "hash": last.hash.hex()}
    return Entry(CustodyKind.CARRIED, ref, data=data)


def exported_from_two_epochs(folder: Path, number: int = 1) -> tuple[bytes, list[Section]]:
    """Return policy and sections of a handset: two epochs of one bench, one of another."""
    ref, parts = device(number, number), []
    with closing(open_record(folder)) as old:
        fill(old, number)
        last = old.history(ref.uid)[-1]
        check(old, NOON + 2 * HOUR)
        parts.append(section_of(old, ref.uid))
    with closing(open_record(folder, header(2))) as new:
        new.append([carried(last, ref, 1)])
        fill(new, number)
        export(new, ref, NOON + 4 * HOUR)
        parts.append(section_of(new, ref.uid))
    with closing(open_record(folder, header(bench="bench-08"))) as other:
        fill(other, number)
        export(other, ref, NOON + 5 * HOUR)
        parts.append(section_of(other, ref.uid))
    return policy(part.origin for part in parts), parts


def stated(
    parts: Sequence[Section], lasts: Sequence[SealedEvent], time: int, key: BenchKey | None = None
) -> SignedNote:
    """Return the central inventory's statement about a handset's last events."""
    key = key or made_up_key(CENTRAL)
    uid = "device-1"
    lines = "".join(
        f"{part.origin} {last.seq} {last.hash.hex()}\n"
        for part, last in zip(parts, lasts, strict=True)
    )
    text = f"staging-bench device statement v1\n{uid}\ntime {time}\n{lines}"
    vkey = log_key(CENTRAL, key)
    line = NoteSignature(CENTRAL, vkey.key_id, key.sign(text.encode()))
    return SignedNote(text, (line,))
