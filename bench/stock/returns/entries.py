"""What the record is told of handsets that come back or are set aside. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.custody.entries import DeviceRef, Entry, PersonalText
from bench.events.orders import CustodyKind, Json
from bench.stock.packing.boxing import note
from bench.stock.packing.queries import Box
from bench.stock.returns.words import DISTRUSTED, LOSSES, OTHER
from bench.stock.sims import deciding as sims
from bench.stock.sims.queries import Sim
from bench.stock.standing.places import LOST


@dataclass(frozen=True, slots=True)
class House:
    """Places of this bench, as custodians."""

    stock: str
    quarantine: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A handset that something is done with, and the SIMs that it is married to."""

    device: DeviceRef
    box: Box
    sims: tuple[Sim, ...]
    house: House

    @property
    def sim_inside(self) -> str:
        """Say that it must not leave the house, for a SIM is still in it; "" where none is."""
        if not self.sims:
            return ""
        return f"SIM …{self.sims[0].tail} is still in it: say at Marry SIMs that it is out"


def returned(subject: Subject, answers: Mapping[str, str]) -> tuple[Entry, ...]:
    """Say that a handset came back; what is not to be trusted goes to quarantine with it."""
    data: dict[str, Json] = {**answers}
    house, scenario = subject.house, answers["scenario"]
    back = Entry(
        CustodyKind.RETURNED, subject.device, data=data, from_=subject.box.place or None,
        to=house.stock,
    )  # fmt: skip
    out = _taken(subject, "returned") if answers["sim"] == "removed" else ()
    if scenario not in DISTRUSTED:
        return (back, *out)
    problem: dict[str, Json] = {"problem": scenario, "detail": "came back"}
    aside = Entry(
        CustodyKind.QUARANTINED, subject.device, data=problem, from_=house.stock,
        to=house.quarantine,
    )  # fmt: skip
    return (back, *out, aside)


def set_aside(subject: Subject, problem: str, text: str) -> tuple[Entry, ...]:
    """Say that a handset goes to quarantine; what was typed of it can be erased."""
    data: dict[str, Json] = {"problem": problem, "detail": ""}
    entry = Entry(
        CustodyKind.QUARANTINED, subject.device, data=data, from_=subject.box.place or None,
        to=subject.house.quarantine, personal=_note(subject, problem, text),
    )  # fmt: skip
    return (entry,)


def found_again(subject: Subject) -> tuple[Entry, ...]:
    """Say that what was lost is here: it waits in quarantine until two release it."""
    return set_aside(subject, "found", "")


def lost(subject: Subject, how: str, text: str) -> tuple[Entry, ...]:
    """Say that nobody has a handset any more; its SIM is lost with it."""
    _ = text
    data: dict[str, Json] = {"problem": how, "detail": "reported"}
    entry = Entry(
        CustodyKind.QUARANTINED, subject.device, data=data, from_=subject.box.place or None,
        to=LOST,
    )  # fmt: skip
    return (entry, *_taken(subject, how))


def released(subject: Subject, why: str, text: str) -> tuple[Entry, ...]:
    """Say that a handset leaves quarantine; two persons do. One that was wiped there is wiped."""
    stock = subject.house.stock
    free = Entry(
        CustodyKind.RELEASED, subject.device, reason=why, from_=subject.box.place or None, to=stock,
        personal=_note(subject, why, text),
    )  # fmt: skip
    return (free, *wiped(subject, "factory-reset", "")) if why == "wiped" else (free,)


def wiped(subject: Subject, method: str, text: str) -> tuple[Entry, ...]:
    """Say that a handset was wiped and can be staged anew."""
    _ = text
    data: dict[str, Json] = {"method": method}
    entry = Entry(CustodyKind.WIPED, subject.device, data=data, to=subject.house.stock)
    return (entry,)


def disposed(subjects: Sequence[Subject], certificate: str, method: str) -> tuple[Entry, ...]:
    """Say that handsets are no more; `certificate` is its number, or the SHA-256 of our own."""
    data: dict[str, Json] = {"certificate": certificate, "method": method}
    return tuple(
        Entry(
            CustodyKind.DISPOSED, each.device, data=data, from_=each.box.place or None,
            to="disposal",
        )
        for each in subjects
    )  # fmt: skip


def sent_back(subject: Subject, supplier: str, number: str) -> tuple[Entry, ...]:
    """Say that a handset goes back to its supplier under the supplier's own number."""
    data: dict[str, Json] = {
        "discrepancy": "damaged", "settlement": "returned-to-supplier", "rma": number,
    }  # fmt: skip
    entry = Entry(
        CustodyKind.DISCREPANCY, subject.device, data=data, reason="rma",
        from_=subject.box.place or None, to=f"supplier:{supplier or 'unknown'}",
    )  # fmt: skip
    return (entry,)


def is_loss(problem: str) -> bool:
    """Whether a handset that was set aside for it is not there."""
    return any(each.name == problem for each in LOSSES)


def _taken(subject: Subject, why: str) -> tuple[Entry, ...]:
    return tuple(sims.taken(subject.device, sim, why) for sim in subject.sims)


def _note(subject: Subject, why: str, text: str) -> tuple[PersonalText, ...]:
    return note(text, subject.device.uid) if why == OTHER else ()
