"""A bench whose record is attacked: 400 events about 40 handsets, the last checkpoint at 300."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.custody.chain import parse
from bench.custody.entries import Entry, LedgerHeader
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.custody.walk import uid_of
from bench.events.orders import CustodyKind
from bench.ports import Moment
from tests.bench.custody.proof.signers import ORIGIN, made_up_key
from tests.bench.custody.record import START, device

RECORD = "ledger.db"
HEADER = LedgerHeader("bench-07", simulated=True, organisation="custody.example")
HANDSETS = 40
_STAY = (CustodyKind.STEP_FINISHED,) * 3
LIFE = (
    CustodyKind.GOODS_IN,
    CustodyKind.SCANNED,
    *_STAY,
    CustodyKind.STAGED,
    CustodyKind.PACKED,
    CustodyKind.SEALED,
    CustodyKind.DISPATCHED,
    CustodyKind.HANDED_OVER,
)
"""What happens to each handset, all of them keeping step."""


class ShiftClock:
    """Each moment is a second after the one before; `set_by` sets the wall clock, as a thief may.

    Within one boot: a record that is opened again goes on at the event it ends with.
    """

    def __init__(self, seconds: int, boot: str = "b0071d") -> None:
        self.boot = boot
        self.mono = seconds * 1000
        self.set_by = timedelta()

    def moment(self) -> Moment:
        self.mono += 1000
        at = START + timedelta(milliseconds=self.mono) + self.set_by
        return Moment(at, self.boot, self.mono, unsynchronised=False, max_error=500)

    def elapsed(self) -> float:
        return self.mono / 1000


def opened(folder: Path, clock: ShiftClock) -> Ledger:
    """Open the folder's record as the bench does."""
    return Ledger.open(
        folder / RECORD, key_of(folder), HEADER, clock, app_version="0.1.0", policy_hash="ab" * 32
    )


def key_of(folder: Path) -> BenchKey:
    """Return the bench's key: the one by which the tests' witness knows this bench."""
    path = folder / "bench.key"
    if not path.exists():
        private = made_up_key(ORIGIN)._private
        form = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        path.touch(0o600)
        path.write_bytes(private.private_bytes(*form))
    return BenchKey.open(path)


def work(ledger: Ledger, until: int, variant: str = "") -> None:
    """Append, one by one, until the record has so many events; `variant` tells benches apart."""
    done = sum(uid_of(parse(event.body)) is not None for event in ledger.events(0, until))
    for entry in islice(entries(variant), done, None):
        if ledger.tail().seq >= until:
            return
        ledger.append([entry])


def entries(variant: str) -> Iterator[Entry]:
    """Yield what happens to the handsets, in order, without end."""
    for kind in LIFE:
        for number in range(1, HANDSETS + 1):
            told = {"note": f"{kind} {variant}".strip()}
            yield Entry(kind, device(number), data=dict(told), to=f"hand {number}")
    while True:
        for number in range(1, HANDSETS + 1):
            yield Entry(CustodyKind.HELD, device(number), data={"note": f"kept {variant}".strip()})


def record_of(folder: Path, events: int, clock: ShiftClock | None = None) -> Path:
    """Let the bench of the folder, new or old, work until its record has so many events."""
    folder.mkdir(parents=True, exist_ok=True)
    key_of(folder)
    with closing(opened(folder, clock or ShiftClock(0))) as ledger:
        work(ledger, events)
    return folder / RECORD
