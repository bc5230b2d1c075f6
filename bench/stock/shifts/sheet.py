"""What a shift leaves: slots that are occupied, handsets in the house, what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bench.custody.phases import IN_HAND, Phase
from bench.events.desks import Line, Weight
from bench.events.orders import CustodyKind, Json
from bench.stock.papers.report import Column, Report, Row, moment, shown
from bench.stock.shifts.page import COUNTED

COLUMNS = (Column("What", 14), Column("Which", 14), Column("State", 16), Column("Detail", 26))
_IN_THE_HOUSE = (
    Phase.IN_STOCK, *sorted(IN_HAND), Phase.QUARANTINED, Phase.DEAD_ON_ARRIVAL, Phase.RETURNED,
    Phase.WIPED,
)  # fmt: skip
_SIGNED = (
    "It is signed on the screen by whoever hands over and whoever takes over. Both signatures are "
    "kept in the record under {}, with this sheet's SHA-256."
)


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """A slot that is occupied: the run's state, and its handset by tag and IMEI's end."""

    slot: str
    state: str
    handset: str


@dataclass(frozen=True, slots=True)
class Shift:
    """What is handed over at `at`; `since` is when the last one was, 0 where none ever was.

    `done` counts events since then by kind, `house` handsets by phase; `discrepancies` are open.
    """

    at: datetime
    since: int
    slots: tuple[OpenSlot, ...]
    house: Mapping[str, int]
    done: Mapping[str, int]
    discrepancies: int

    @property
    def name(self) -> str:
        """What its sheet and signatures go by."""
        return f"shift-{self.at:%Y%m%dT%H%M%SZ}"

    @property
    def work(self) -> int:
        """Handsets in work: those that the bench has in hand."""
        return sum(self.house.get(phase, 0) for phase in IN_HAND)


def rows(shift: Shift) -> Iterator[Row]:
    """Yield what is open first, then what is in the house, then what was done."""
    for slot in shift.slots:
        yield ("Slot", slot.slot, slot.state, slot.handset)
    if shift.discrepancies:
        yield ("Open", "discrepancies", str(shift.discrepancies), "awaited or set aside")
    for phase in _IN_THE_HOUSE:
        if count := shift.house.get(phase, 0):
            yield ("In the house", phase.value, str(count), "")
    since = shown(moment(shift.since)) or "the beginning"
    for kind, words in COUNTED.items():
        if count := shift.done.get(kind, 0):
            yield ("Done", words, str(count), f"since {since}")


def lines(shift: Shift) -> tuple[Line, ...]:
    """Return what the desk shows."""
    return tuple(
        Line(tuple(map(shown, row)), Weight.OPEN if row[0] in ("Slot", "Open") else Weight.PLAIN)
        for row in rows(shift)
    )


def sheet(shift: Shift) -> Report:
    """Return the sheet as a report; its signatures are in the record, where they can be erased."""
    made = tuple(rows(shift))
    return Report(
        shift.name, "Shift hand-over", COLUMNS, lambda _: made, lambda _: len(made),
        _remarks(shift),
        "Nothing is open, nothing is in the house, nothing was done.",
    )  # fmt: skip


def _remarks(shift: Shift) -> tuple[str, ...]:
    slots = f"{len(shift.slots)} slots occupied"
    return (
        f"As at {shown(shift.at)}: {shift.work} handsets in work, {slots}.",
        _SIGNED.format(shift.name),
    )


def recorded(shift: Shift, sha256: str) -> dict[str, Json]:
    """Return what the event of the hand-over says."""
    done: dict[str, Json] = {kind: shift.done[kind] for kind in CustodyKind if kind in shift.done}
    counts: dict[str, Json] = {
        "in_work": shift.work,
        "slots": len(shift.slots),
        "discrepancies": shift.discrepancies,
        "done": done,
    }
    return {"sheet": sha256, "shift": shift.name, "counts": counts}
