"""Records that are set aside, and the epochs that follow them."""

from __future__ import annotations

import uuid
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bench.custody.entries import Actor, LedgerHeader, Proof
from bench.custody.epochs.beginning import Decision, Software, Why, open_epoch
from bench.custody.epochs.salvage import Salvage, salvage
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.opening import epoch_of
from tests.bench.custody.record import (
    HEADER,
    START,
    CountingClock,
    open_ledger,
    queued,
    scanned,
    tamper,
)

RECORD = "ledger.db"
LATER = START + timedelta(days=1)
SOFTWARE = Software("0.1.0", "cd" * 32)
FIRST, SECOND = Actor("p-000000000001", Proof.BADGE_PIN), Actor("p-000000000002", Proof.BADGE_PIN)


def busy(folder: Path, header: LedgerHeader = HEADER) -> Path:
    """Make a closed record of a bench with five handsets at work, labels and a checkpoint."""
    with closing(open_ledger(folder, header)) as ledger:
        for number in range(1, 6):
            ledger.append([scanned(number)])
        ledger.append([queued(3)])
        ledger.checkpoint("shift")
        ledger.append([scanned(number) for number in range(1, 6)])
    return folder / RECORD


def damage(record: Path, seq: int) -> None:
    """Change the text of an event as somebody who can write the file would."""
    tamper(
        record, f"UPDATE event SET body = replace(body, 'bench-07', 'bench-70') WHERE seq = {seq}"
    )


def found_in(folder: Path, name: str = RECORD) -> Salvage:
    key = BenchKey.open(folder / "bench.key")
    return salvage(folder / name, public_key=key.public)


def opened_anew(
    folder: Path,
    why: Why = Why.DAMAGED,
    found: Salvage | None = None,
    header: LedgerHeader = HEADER,
    *,
    by: Actor = FIRST,
    second: Actor = SECOND,
    lost: int = 0,
) -> Ledger:
    """Open the epoch after what lies in the folder."""
    record = folder / RECORD
    clock = CountingClock(boot=uuid.uuid4().hex, start=LATER)
    return open_epoch(
        record,
        BenchKey.open(folder / "bench.key"),
        header,
        clock,
        found or found_in(folder),
        Decision(why, by, second, lost=lost),
        SOFTWARE,
    )


def opened_again(folder: Path, header: LedgerHeader = HEADER) -> Ledger:
    """Open whatever epoch is there, as a bench does when it starts."""
    epoch = epoch_of(folder / RECORD)
    same = LedgerHeader(header.bench, header.simulated, epoch, header.organisation)
    return open_ledger(folder, same)
