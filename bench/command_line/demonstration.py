"""What a demo shows of the record after its work: people, a correction, an erasure, evidence.

Two made-up people are enrolled; the one corrects an event and the other signs it off; the first is
erased again. The papers and the evidence are laid beside the record.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.command_line.export import Export, export
from bench.command_line.program import Program
from bench.command_line.statement import write_docket
from bench.custody import queries
from bench.custody.corrections.deciding import Restated, correct
from bench.custody.corrections.kinds import Why
from bench.custody.entries import DeviceRecord
from bench.custody.ledger import Ledger
from bench.custody.personal.erasure import erase
from bench.custody.proof.checkpoint import log_key
from bench.custody.proof.note import SignedNote
from bench.custody.statement.content import DocketDetails
from bench.events.orders import CustodyKind
from bench.staging.badges import BadgeFormat
from bench.staging.enrolled import asked
from bench.staging.trainees import Trainee, enrol_trainees

_SHELF = "training/shelf-2"


@dataclass(frozen=True)
class Evidence:
    """What lies beside the record now, and the handset that it is about."""

    folder: Path
    handset: str


def demonstrate(record: Path, program: Program) -> Evidence | None:
    """Do it, to a record of training; None for one without handsets."""
    today = datetime.now(UTC).date()
    pepper = program.pepper(record)
    with closing(program.open_record(record)) as ledger:
        devices = asked(ledger, lambda connection: tuple(queries.devices(connection)))
        if not devices:
            return None
        hand, boss = enrol_trainees(ledger, pepper, BadgeFormat(), today)
        device = min(devices, key=lambda each: (each.outcome != CustodyKind.STAGED, each.seq))
        _correct(ledger, device, hand, boss)
        _erase(ledger, hand, boss)
        note = ledger.checkpoint("consignment", by=boss.signed_in)
        folder = record.parent / f"evidence-{ledger.tail().seq}"
    return _laid_out(record, folder, device, note, program)


def _correct(ledger: Ledger, device: DeviceRecord, hand: Trainee, boss: Trainee) -> None:
    entry = asked(
        ledger,
        lambda connection: correct(
            connection, device.seq, Restated(to=_SHELF), why=Why.ELSEWHERE, note="Found on a shelf."
        ),
    )
    ledger.append((entry,), by=hand.signed_in, second=boss.signed_in)


def _erase(ledger: Ledger, person: Trainee, by: Trainee) -> None:
    change = asked(ledger, lambda connection: erase(connection, person.person))
    ledger.append(change.entries, by=by.signed_in, besides=change.write)
    ledger.scrub()


def _laid_out(
    record: Path,
    folder: Path,
    device: DeviceRecord,
    note: SignedNote,
    program: Program,
) -> Evidence:
    folder.mkdir()
    key = log_key(note.text.split("\n", 1)[0], program.bench_key(record))
    (folder / "policy").write_text(f"log {key}\nquorum none\n", encoding="utf-8")
    (folder / "checkpoint").write_text(str(note), encoding="utf-8")
    details = DocketDetails(folder.name, datetime.now(UTC), "consignment", simulated=True)
    write_docket(folder / "docket.pdf", str(note).encode(), details, fonts=program.fonts)
    handset = device.imeis[0].digits if device.imeis else device.uid
    wanted = Export(record, handset, folder / "bundle.json", folder / "statement.pdf")
    export(wanted, program)
    return Evidence(folder, handset)
