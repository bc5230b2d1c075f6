"""Records of benches that are only there for training: real ones, with made-up handsets.

IMEIs are of reporting body 00, which is for test equipment, so that no such record can pass for a
real one.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import __version__
from bench.clock import SystemClock
from bench.custody.entries import DeviceRef, Entry, LedgerHeader, RunPosition, new_uid
from bench.custody.key import BenchKey
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind, Json
from bench.identity.identifiers import AssetTag, Imei, SerialNumber

RECORD = "ledger.db"
_NO_POLICY = "0" * 64
_MODEL = "SM-A325F"
_SLOTS = 16


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of made-up handsets: their type allocation code (00 first), their tags' prefix."""

    tac: str
    prefix: str

    def handset(self, number: int) -> DeviceRef:
        """Return the handset of that number, from 1; each time with another name in the record."""
        imei = Imei.with_check_digit(f"{self.tac}{number:06d}")
        serial = SerialNumber(f"RT{self.tac[-2:]}{number:07d}")
        return DeviceRef(new_uid(), (imei,), serial, _MODEL, AssetTag.numbered(self.prefix, number))

    def handsets(self, first: int, last: int) -> Iterator[DeviceRef]:
        """Return those of these numbers."""
        return map(self.handset, range(first, last + 1))


def open_record(folder: Path, bench: str) -> Ledger:
    """Open the record of a bench in its folder, or begin it, with a key beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / RECORD
    return Ledger.open(
        record,
        BenchKey.open(record.with_suffix(".key")),
        LedgerHeader(bench, simulated=True),
        SystemClock(),
        app_version=__version__,
        policy_hash=_NO_POLICY,
    )


def copy_image(folder: Path, to: Path) -> Path:
    """Copy a folder as an image of the disk would be; its record is closed. Return the copy."""
    shutil.copytree(folder, to)
    return to


def stage(ledger: Ledger, handsets: Iterable[DeviceRef], *, at_a_time: int = 1) -> None:
    """Stage handsets, each as a bench writes it: scanned, enrolled, labelled, staged.

    Those `at_a_time` are written in one transaction.
    """
    waiting = list(enumerate(handsets))
    for first in range(0, len(waiting), at_a_time):
        together = waiting[first : first + at_a_time]
        ledger.append([entry for number, each in together for entry in _staged(number, each)])


def _staged(number: int, device: DeviceRef) -> Iterator[Entry]:
    run, slot = secrets.token_hex(8), f"A{number % _SLOTS + 1}"
    return (_entry(kind, device, run, slot) for kind in _STEPS)


_STEPS: dict[CustodyKind, dict[str, Json]] = {
    CustodyKind.SCANNED: {},
    CustodyKind.ENROLLED: {"method": "qr"},
    CustodyKind.LABELLED: {},
    CustodyKind.STAGED: {"result": "pass"},
}


def _entry(kind: CustodyKind, device: DeviceRef, run: str, slot: str) -> Entry:
    is_open = kind is not CustodyKind.STAGED
    position = RunPosition(run, slot, "staging" if is_open else "staged", is_open)
    return Entry(kind, device, position, _STEPS[kind])
