"""Which run a device fact reaches: ports become slots, and handsets are recognised.

A handset that comes back is found by what it says of itself, on whatever slot; two that say the
same are told apart from one that moved by whether the first is still there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from bench.events.device import (
    DeviceFact,
    HandsetAttached,
    HandsetDetached,
    HandsetIdentified,
    HandsetIdentity,
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
)
from bench.events.modem import ModemAnswered, ModemFact, ModemIdentity
from bench.events.run import (
    ConflictFound,
    HandsetReattached,
    ImeiScanned,
    RunFact,
)
from bench.events.usb import PortsPaired
from bench.identity.identifiers import IdentifierError, SerialNumber, SlotCode, UsbPath
from bench.problems import Problem, ProblemCode
from bench.staging.board import Board
from bench.staging.recognition import Recognition, by_modem, by_screen
from bench.staging.run import StagingRun, State
from bench.staging.shelf import Shelf
from bench.staging.showing import Show
from bench.staging.slots import HubLayout

_ARRIVALS = (HandsetAttached, HandsetUnauthorised, HandsetOnline, ModemAnswered)
"""What begins a run; an answer that comes after its handset was pulled out does not."""
_BY_MODEM = (
    State.ATTACHED, State.UNAUTHORISED, State.STAGING, State.LABELLING, State.AWAITING_LABEL,
    State.HELD,
)  # fmt: skip
"""Where a run takes its handset's word by modem; elsewhere it has it, or has Android's."""
_OF_HUB_POWER = (ProblemCode.HUB_POWER_REFUSED, ProblemCode.HUB_POWER_SHARED)
"""What pulling the handset out by hand makes up for."""


class PortsDesk:
    """Finds or makes the run a device fact is about. Reads board and record; writes neither."""

    def __init__(
        self,
        layout: HubLayout,
        board: Board,
        recognition: Recognition,
        show: Show,
        shelf: Shelf,
        *,
        learns: bool = False,
    ) -> None:
        self.layout = layout
        self.shelf = shelf
        self._board = board
        self._recognition = recognition
        self._show = show
        self._learns = learns
        self._closed: dict[UsbPath, HandsetOnline | HandsetUnauthorised | None] = {}
        """Ports that USB has seen empty, or that are no slot, with what ADB says of each since."""
        self._unplaced: set[UsbPath] = set()
        """Ports with a handset that are no slot."""

    def pair(self, fact: PortsPaired) -> tuple[HandsetAttached, ...]:
        """Take both halves of a socket as one slot; if that is a guess, two might share one.

        Return what is to be taken in again: a handset that waits at a half that was no slot.
        """
        if not fact.is_sure:
            return ()
        before = self.layout
        self.layout = before.with_twins(fact.path, fact.twin)
        found = tuple(
            half for half in (fact.path, fact.twin)
            if half in self._unplaced and self.layout.slot_of(half)
        )  # fmt: skip
        for half in found:
            self._show.clear(ProblemCode.UNKNOWN_PORT, str(half))
        return tuple(HandsetAttached(half) for half in found)

    def place(self, where: str) -> str:
        """Return the slot's name for a port that is one, else what was given."""
        try:
            slot = self.layout.slot_of(UsbPath.parse(where))
        except IdentifierError:
            return where
        return str(slot or where)

    def reached(self, fact: DeviceFact | ModemFact) -> Iterator[tuple[StagingRun, RunFact]]:
        """Yield each run that the fact reaches, with what it means to that run.

        The caller applies each before it asks for the next.
        """
        for each in self._in_order(fact):
            yield from self._reached(each)

    def _reached(self, fact: DeviceFact | ModemFact) -> Iterator[tuple[StagingRun, RunFact]]:
        slot = self._slot(fact)
        run = self._board.at(slot) if slot else None
        if slot and run is None and isinstance(fact, _ARRIVALS):
            run = self._new_run(slot, fact.path)
        match fact:
            case _ if run is None:
                return
            case HandsetIdentified():
                yield from self._identified(run, fact.session, fact.path, fact.identity)
            case ModemAnswered():
                yield run, fact
                yield from self._foreseen(slot, fact.identity)
            case _:
                yield run, fact

    def foreseen(
        self, run: StagingRun, said: ModemIdentity | None
    ) -> Iterator[tuple[StagingRun, RunFact]]:
        """Yield what it means to a run that its handset's modem says who it is."""
        identity = by_modem(said) if said else None
        waits = run.state in _BY_MODEM and run.session is None
        if identity and run.plan.before_setup and waits:
            yield from self._identified(run, None, run.path, identity)

    def on_screen(
        self, run: StagingRun, scanned: ImeiScanned
    ) -> Iterator[tuple[StagingRun, RunFact]]:
        """Yield what it means that a handset's screen says what its box said; else nothing."""
        if run.state is State.ATTACHED and run.session is None and run.boxed == scanned.imei:
            serial = next((each for each in scanned.also if isinstance(each, SerialNumber)), None)
            yield from self._identified(run, None, run.path, by_screen(scanned.imei, serial))

    def _new_run(self, slot: SlotCode, path: UsbPath) -> StagingRun:
        plan, offers = self.shelf.plan_for(slot), self.shelf.plans
        return StagingRun(secrets.token_hex(8), slot, path, plan, offers=offers)

    def _foreseen(
        self, slot: SlotCode | None, said: ModemIdentity
    ) -> Iterator[tuple[StagingRun, RunFact]]:
        if slot and (run := self._board.at(slot)):
            yield from self.foreseen(run, said)

    def _in_order(self, fact: DeviceFact | ModemFact) -> Iterator[DeviceFact | ModemFact]:
        """Put right what overtakes: ADB may hear of a handset before USB does, and late of its end.

        ADB says a thing once. What it says of a port that USB has not seen filled is kept until
        then, and nothing else of an empty port is believed.
        """
        path = fact.path
        match fact:
            case HandsetAttached():
                early = self._closed.pop(path, None)
                yield fact
                if self.layout.slot_of(path) is None:
                    self._closed[path] = early
                elif early:
                    yield early
            case HandsetDetached():
                self._closed[path] = None
                yield fact
            case HandsetOnline() | HandsetUnauthorised() if path in self._closed:
                self._closed[path] = fact
            case HandsetUnreachable() if path in self._closed:
                self._closed[path] = None
            case _ if path not in self._closed:
                yield fact

    def _slot(self, fact: DeviceFact | ModemFact) -> SlotCode | None:
        where = str(fact.path)
        if isinstance(fact, _ARRIVALS) and self._learns:
            self.layout = self.layout.with_port(fact.path)
        slot = self.layout.slot_of(fact.path)
        match fact:
            case HandsetAttached() if slot is None:
                self._unplaced.add(fact.path)
                self._show.stand(Problem(ProblemCode.UNKNOWN_PORT, where))
            case HandsetAttached():
                self._unplaced.discard(fact.path)
            case HandsetDetached():
                self._unplaced.discard(fact.path)
                self._show.clear(ProblemCode.UNKNOWN_PORT, where)
                for code in _OF_HUB_POWER:
                    self._show.clear(code, str(slot))
        return slot

    def _identified(
        self, run: StagingRun, session: int | None, path: UsbPath, identity: HandsetIdentity
    ) -> Iterator[tuple[StagingRun, RunFact]]:
        if not self._recognition.belongs(identity):
            yield run, ConflictFound(Problem(ProblemCode.NOT_REAL, str(run.slot)))
            return
        known = self._recognition.recognised(path, session, identity)
        away = self._board.waiting_for(identity, besides=run)
        if away and not run.recorded and session == run.session:
            yield away, HandsetReattached(run.slot, known)
            return
        yield run, known
        yield from self._rivals(run, identity)

    def _rivals(
        self, run: StagingRun, identity: HandsetIdentity
    ) -> Iterator[tuple[StagingRun, RunFact]]:
        rivals = self._board.rivals(identity, besides=run)
        mine = self._board.at(run.slot)
        for one, other in [(mine, rivals[0]), *((r, mine) for r in rivals)] if rivals else []:
            if one and other:
                problem = Problem(ProblemCode.DUPLICATE_IMEI, str(one.slot), f"also {other.slot}")
                yield one, ConflictFound(problem)
