"""The task "Marry SIMs": a handset and a SIM are scanned, in either order, and the next pair.

What is not the rule takes one key: another SIM in its place, one taken out, one lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bench.custody.entries import DeviceRecord, Entry
from bench.custody.phases import Phase
from bench.events.desks import Choice, Line, Wanted, Weight
from bench.events.views import ScanTone
from bench.identity.identifiers import Eid, Iccid
from bench.identity.scans import Meaning, ScanReading
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.sims import deciding, queries
from bench.stock.sims.handsets import called, is_of_handset, named
from bench.stock.sims.queries import Sim
from bench.stock.sims.states import (
    OF_A_LOOSE_ONE,
    OF_A_SWAP,
    OF_TAKING_OUT,
    WORDS,
    SimState,
    Why,
)

_TITLE = "Marry SIMs"
_COLUMNS = ("Handset", "SIM", "What")
_SHOWN = 8
_TAKE, _LEAVE = "take", "leave"


@dataclass(frozen=True, slots=True)
class Counter:
    """What the task works with, and what it did since it began: the last first."""

    means: Means
    takes_unknown: bool = False
    done: int = 0
    lines: tuple[Line, ...] = ()

    def after(self, device: DeviceRecord | None, sim: Sim, what: str) -> Counter:
        """Return it with one thing more done."""
        line = Line((called(device) if device else "", f"…{sim.tail}", what), Weight.GOOD)
        return replace(self, done=self.done + 1, lines=(line, *self.lines[: _SHOWN - 1]))

    def meant(self, scanned: Iccid | Eid, uid: str = "") -> Sim:
        """Return the SIM that was scanned; `ProblemError`."""
        return deciding.the_one(queries.meant(self.means.book.connection, scanned), uid)

    def held(self, device: DeviceRecord) -> tuple[Sim, ...]:
        """Return the SIMs of a handset."""
        return queries.sims_of_handset(self.means.book.connection, device.uid)

    def face(self, prompt: str, *choices: Choice, remark: str = "") -> Face:
        """Return what is shown while something is to be scanned."""
        return Face(
            _TITLE, prompt, Wanted.SCAN, choices, columns=_COLUMNS, lines=self.lines, remark=remark,
            done=self.done, unit="SIMs",
        )  # fmt: skip


class _AtCounter(Task):
    """A step of the task: what the book or a scan says against it is told, and changes nothing."""

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take a handset or a SIM."""
        _ = text
        try:
            return self.scanned(reading.meaning)
        except ProblemError as error:
            return self.told(error.problem)

    def scanned(self, meaning: Meaning | None) -> Turn:
        """Take what was scanned; `ProblemError` where it cannot be."""
        _ = meaning
        raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW))

    def told(self, problem: Problem) -> Turn:
        """Say what is against it."""
        return Turn(self, Say(ScanTone.BAD, str(problem)))


@dataclass(frozen=True, slots=True)
class MarrySims(_AtCounter):
    """Waits for a handset or a SIM."""

    at: Counter

    def face(self) -> Face:
        """Ask for either."""
        return self.at.face("Scan the box or label of a handset, or a SIM.")

    def scanned(self, meaning: Meaning | None) -> Turn:
        """Go on with the handset or the SIM."""
        if isinstance(meaning, Iccid | Eid):
            return _with_sim(self.at, self.at.meant(meaning))
        if is_of_handset(meaning):
            return _with_handset(self.at, named(self.at.means, meaning))
        raise ProblemError(Problem(ProblemCode.SCAN_MEANINGLESS))


@dataclass(frozen=True, slots=True)
class HandsetInHand(_AtCounter):
    """Has a handset, and waits for its SIM."""

    at: Counter
    device: DeviceRecord

    def face(self) -> Face:
        """Ask for the SIM; of one that has one already, what is to become of that."""
        held = self.at.held(self.device)
        if not held:
            return self.at.face(f"Scan the SIM for {called(self.device)}.")
        return self.at.face(
            f"{called(self.device)} has SIM …{held[0].tail}. Scan the one that takes its place.",
            Choice(_TAKE, "Take the SIM out"),
            Choice(_LEAVE, "Leave it as it is"),
        )

    def scanned(self, meaning: Meaning | None) -> Turn:
        """Marry the SIM, ask why where it takes another's place, or take another handset."""
        if isinstance(meaning, Iccid | Eid):
            return _marry(self.at, self.device, self.at.meant(meaning, self.device.uid), self)
        return MarrySims(self.at).scanned(meaning)

    def answered(self, choice: str, text: str) -> Turn:
        """Take the SIM out, or leave it."""
        _ = text
        held = self.at.held(self.device)
        if choice == _TAKE and held:
            return Turn(TakenOut(self.at, held[0], self.device))
        if choice == _LEAVE:
            return Turn(MarrySims(self.at))
        return self.refused(ProblemCode.NOT_POSSIBLE_NOW)


@dataclass(frozen=True, slots=True)
class SimInHand(_AtCounter):
    """Has a SIM that is in no handset, and waits for one; or is told what became of the SIM."""

    at: Counter
    sim: Sim

    def face(self) -> Face:
        """Ask for the handset."""
        if self.sim.state is not SimState.FREE:
            prompt = f"SIM …{self.sim.tail} is out of use ({self.sim.why})."
            return self.at.face(prompt, *_choices((Why.FOUND,)), Choice(_LEAVE, "Leave it"))
        return self.at.face(
            f"Scan the box or label of the handset for SIM …{self.sim.tail}.",
            *_choices(OF_A_LOOSE_ONE),
            Choice(_LEAVE, "Lay it aside"),
        )

    def scanned(self, meaning: Meaning | None) -> Turn:
        """Marry it to the handset, or take another SIM in hand."""
        if is_of_handset(meaning):
            return _marry(self.at, named(self.at.means, meaning), self.sim, self)
        return MarrySims(self.at).scanned(meaning)

    def answered(self, choice: str, text: str) -> Turn:
        """Take the SIM out of use, or into it again."""
        _ = text
        if choice == _LEAVE:
            return Turn(MarrySims(self.at))
        fits = OF_A_LOOSE_ONE if self.sim.state is SimState.FREE else (Why.FOUND,)
        if choice not in fits:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        return _done(self.at, None, self.sim, choice, deciding.taken(None, self.sim, choice))


@dataclass(frozen=True, slots=True)
class _Asked(_AtCounter):
    """Asks why; the handset and the SIMs are known."""

    at: Counter
    sim: Sim
    device: DeviceRecord

    def answered(self, choice: str, text: str) -> Turn:
        """Record it for that reason; "something else" takes a few words."""
        if choice not in self.reasons() or (choice == Why.OTHER and not text.strip()):
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW)
        return self.done(choice, text.strip())

    def reasons(self) -> tuple[Why, ...]:
        """Return the reasons that there can be."""
        raise NotImplementedError

    def done(self, why: str, note: str) -> Turn:
        """Return the turn that records it."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Swapped(_Asked):
    """Asks why a SIM takes the place of another."""

    instead: Sim

    def face(self) -> Face:
        """Ask why."""
        prompt = f"SIM …{self.sim.tail} in place of …{self.instead.tail}: why?"
        return Face(_TITLE, prompt, choices=_choices(OF_A_SWAP), lines=self.at.lines,
                    columns=_COLUMNS)  # fmt: skip

    def reasons(self) -> tuple[Why, ...]:
        """Return the reasons of a swap."""
        return OF_A_SWAP

    def done(self, why: str, note: str) -> Turn:
        """Marry the one, and let the other go."""
        entry = deciding.married(self.device.ref, self.sim, self.instead, why, note)
        return _done(self.at, self.device, self.sim, f"in place of …{self.instead.tail}", entry)


@dataclass(frozen=True, slots=True)
class TakenOut(_Asked):
    """Asks why a SIM is taken out of its handset."""

    def face(self) -> Face:
        """Ask why."""
        prompt = f"SIM …{self.sim.tail} out of {called(self.device)}: why?"
        choices = (*_choices(OF_TAKING_OUT), Choice(_LEAVE, "Leave it in"))
        return Face(_TITLE, prompt, choices=choices, lines=self.at.lines, columns=_COLUMNS)

    def answered(self, choice: str, text: str) -> Turn:
        """Leave it, or take it out for a reason."""
        if choice == _LEAVE:
            return Turn(MarrySims(self.at))
        return _Asked.answered(self, choice, text)

    def reasons(self) -> tuple[Why, ...]:
        """Return the reasons of taking out."""
        return OF_TAKING_OUT

    def done(self, why: str, note: str) -> Turn:
        """Take it out; of a handset that is no more nothing else is said."""
        is_gone = self.device.phase is Phase.DISPOSED
        entry = deciding.taken(None if is_gone else self.device.ref, self.sim, why, note)
        return _done(self.at, self.device, self.sim, f"taken out: {why}", entry)


def begin(means: Means) -> Callable[[], Task]:
    """Return what begins the task."""
    return lambda: MarrySims(Counter(means, means.takes_unknown_sims))


def _with_handset(at: Counter, device: DeviceRecord) -> Turn:
    held = at.held(device)
    told = f"{called(device)}: has SIM …{held[0].tail}" if held else f"{called(device)}: no SIM yet"
    return Turn(HandsetInHand(at, device), Say(ScanTone.GOOD, f"{told}."))


def _with_sim(at: Counter, sim: Sim) -> Turn:
    if sim.state is SimState.MARRIED:
        device = at.means.ledger.device(sim.uid)
        if device is None:
            raise ProblemError(Problem(ProblemCode.SIM_ELSEWHERE, detail=f"SIM …{sim.tail}"))
        told = f"SIM …{sim.tail} is in {called(device)}."
        return Turn(TakenOut(at, sim, device), Say(ScanTone.GOOD, told))
    lost = sim.state is not SimState.FREE
    if not lost and (problem := deciding.trouble(sim, "", takes_unknown=at.takes_unknown)):
        raise ProblemError(problem)
    told = f"SIM …{sim.tail} is {'out of use' if lost else 'free'}."
    return Turn(SimInHand(at, sim), Say(ScanTone.BAD if lost else ScanTone.GOOD, told))


def _marry(at: Counter, device: DeviceRecord, sim: Sim, task: Task) -> Turn:
    if deciding.is_own(sim, device.uid):
        told = f"{called(device)} has SIM …{sim.tail} already."
        return Turn(MarrySims(at), Say(ScanTone.REPEATED, told))
    if problem := deciding.trouble(sim, device.uid, takes_unknown=at.takes_unknown):
        return Turn(task, Say(ScanTone.BAD, str(problem), _where(at, sim)))
    if instead := deciding.other_of(at.held(device), sim):
        told = f"{called(device)} has another SIM, …{instead.tail}."
        return Turn(Swapped(at, sim, device, instead), Say(ScanTone.GOOD, told))
    return _done(at, device, sim, "married", deciding.married(device.ref, sim))


def _where(at: Counter, sim: Sim) -> tuple[str, ...]:
    """Name the handset that has the SIM."""
    return (f"It is in {called(at.means.ledger.device(sim.uid))}.",) if sim.uid else ()


def _done(at: Counter, device: DeviceRecord | None, sim: Sim, what: str, entry: Entry) -> Turn:
    told = f"{called(device)}: SIM …{sim.tail} {what}." if device else f"SIM …{sim.tail}: {what}."
    return Turn(MarrySims(at.after(device, sim, what)), Say(ScanTone.GOOD, told), (entry,))


def _choices(reasons: Iterable[Why]) -> tuple[Choice, ...]:
    asks = {Why.OTHER: "Say in a few words why"}
    return tuple(Choice(why, WORDS[why], asks.get(why, "")) for why in reasons)
