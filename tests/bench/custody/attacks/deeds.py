"""What may be done to a record of 400 events, by whoever can write its file.

Events 82 to 201 are finished steps, from 362 on handsets are handed over (`busy_bench.LIFE`): what
is taken out or put in leaves nobody's history with a leap in it.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

from bench.custody.entries import Entry
from bench.custody.key import BenchKey
from bench.events.orders import CustodyKind
from tests.bench.custody.attacks.busy_bench import RECORD, ShiftClock, opened, work
from tests.bench.custody.attacks.forger import OWN_PLACE, Body, Change, between, forge
from tests.bench.custody.record import device

BEFORE, AFTER = 150, 370
"""Numbers of events that the last cosignature covers, and that it does not."""
EARLY = 250
LATE = 330


@dataclass(frozen=True, slots=True)
class Crime:
    """Where it happens, and with what: the bench's key or none, and an image of an earlier day."""

    folder: Path
    key: BenchKey | None
    image: Path

    @property
    def record(self) -> Path:
        return self.folder / RECORD


Deed = Callable[[Crime], None]


def forged(change: Change) -> Deed:
    """Do it to the file, and cover it up."""
    return lambda crime: forge(crime.record, crime.key, change)


def edited(seq: int) -> Change:
    """Let it have gone to somebody else."""

    def change(bodies: list[Body]) -> None:
        bodies[seq - 1]["to"] = "somebody else"

    return change


def deleted(seq: int) -> Change:
    """Let it not have happened."""

    def change(bodies: list[Body]) -> None:
        del bodies[seq - 1]

    return change


def inserted(seq: int) -> Change:
    """Let something have happened after this event that did not, at a time between its own."""

    def change(bodies: list[Body]) -> None:
        before, after = bodies[seq - 1 : seq + 1]
        told = {"type": "held", "reason": "never happened", "data": {}}
        invented = cast("Body", before | told | {"id": between(before, after)})
        described = cast("Body", before["dev"])
        invented["dev"] = {key: described[key] for key in ("uid", "imei")}
        bodies.insert(seq, invented)

    return change


def inserted_in_haste(seq: int) -> Change:
    """Do so, but by the clock of the day of the deed."""

    def change(bodies: list[Body]) -> None:
        inserted(seq)(bodies)
        last = bodies[-1]
        bodies[seq] |= {name: last[name] for name in ("at", "boot", "mono", "clock")}

    return change


def reordered(seq: int) -> Change:
    """Let this event and the next have happened the other way round."""

    def change(bodies: list[Body]) -> None:
        first, second = bodies[seq - 1 : seq + 1]
        bodies[seq - 1 : seq + 1] = [_in_place_of(first, second), _in_place_of(second, first)]

    return change


def truncated(size: int) -> Change:
    """Let nothing have happened after this event."""

    def change(bodies: list[Body]) -> None:
        del bodies[size:]

    return change


def rolled_back(crime: Crime) -> None:
    """Restore the image, and work on as if nothing were."""
    shutil.copy(crime.image, crime.record)
    go_on(crime.folder, "after the restore", 400)


def cloned(crime: Crime) -> None:
    """Work on with a copy of the whole bench; the other one does so too, with other handsets."""
    go_on(crime.folder, "at the clone", 430)


def remade(crime: Crime) -> None:
    """Make the whole record anew, every word of it, with a key of one's own."""
    own = BenchKey.open(crime.folder / "own.key")

    def change(bodies: list[Body]) -> None:
        bodies[0]["data"] = {
            "algorithm": "Ed25519",
            "public_key": base64.b64encode(own.public).decode("ascii"),
        }

    forge(crime.record, own, change)


def go_on(folder: Path, variant: str, until: int) -> None:
    """Let a bench work on until its record has so many events: the more, the later it begins."""
    with closing(opened(folder, ShiftClock(10 * until))) as ledger:
        work(ledger, until, variant)


def backdated(crime: Crime) -> None:
    """Set the bench's clock back a day, let it record what happened now, and set it right again."""
    clock = ShiftClock(5000)
    with closing(opened(crime.folder, clock)) as ledger:
        clock.set_by = timedelta(days=-1)
        ledger.append([Entry(CustodyKind.RETURNED, device(1), to="stock")])
        clock.set_by = timedelta()
        ledger.append([Entry(CustodyKind.RETURNED, device(2), to="stock")])


def backdated_and_hushed(crime: Crime) -> None:
    """Do so, and take out what the bench wrote about its clock."""
    backdated(crime)

    def change(bodies: list[Body]) -> None:
        bodies[:] = [body for body in bodies if body["type"] != "clock_stepped"]

    forge(crime.record, crime.key, change)


def _in_place_of(there: Body, what: Body) -> Body:
    place = {name: there[name] for name in OWN_PLACE}
    return place | {name: value for name, value in what.items() if name not in OWN_PLACE}
