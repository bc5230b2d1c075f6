"""Which run a device fact reaches: ports become slots, and handsets are recognised.

A handset that comes back is found by what it says of itself, on whatever slot; two that say the
same are told apart from one that moved by whether the first is still there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from bench.custody.entries import new_uid
from bench.custody.ledger import Ledger
from bench.events.device import (
    DeviceFact,
    HandsetAttached,
    HandsetDetached,
    HandsetIdentified,
    HandsetIdentity,
    HandsetOnline,
    HandsetUnauthorised,
)
from bench.events.modem import ModemAnswered, ModemFact
from bench.events.orders import CustodyKind
from bench.events.run import (
    ConflictFound,
    HandsetReattached,
    HandsetRecognised,
    RunFact,
)
from bench.events.usb import PortsPaired
from bench.identity.identifiers import IdentifierError, SlotCode, UsbPath
from bench.problems import Problem, ProblemCode
from bench.staging.board import Board
from bench.staging.run import Plan, StagingRun
from bench.staging.showing import Show
from bench.staging.slots import HubLayout

_ARRIVALS = (HandsetAttached, HandsetUnauthorised, HandsetOnline, ModemAnswered)
"""What begins a run; an answer that comes after its handset was pulled out does not."""


class PortsDesk:
    """Finds or makes the run a device fact is about. Reads board and record; writes neither."""

    def __init__(
        self,
        layout: HubLayout,
        board: Board,
        ledger: Ledger,
        show: Show,
        plan: Plan,
        *,
        simulated: bool,
        learns: bool = False,
    ) -> None:
        self.layout = layout
        self._board = board
        self._ledger = ledger
        self._show = show
        self._plan = plan
        self._simulated = simulated
        self._learns = learns
        self._empty: set[UsbPath] = set()

    def pair(self, fact: PortsPaired) -> None:
        """Take both halves of a socket as one slot; if that is a guess, two might share one."""
        if fact.is_sure:
            self.layout = self.layout.with_twins(fact.path, fact.twin)

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
        if self._comes_too_late(fact):
            return
        slot = self._slot(fact)
        run = self._board.at(slot) if slot else None
        if slot and run is None and isinstance(fact, _ARRIVALS):
            run = StagingRun(secrets.token_hex(8), slot, fact.path, self._plan)
        if run is None:
            return
        if isinstance(fact, HandsetIdentified):
            yield from self._identified(run, fact)
        else:
            yield run, fact

    def _comes_too_late(self, fact: DeviceFact | ModemFact) -> bool:
        """Whether it is about a handset that USB has seen go: the ADB server hears of it later."""
        match fact:
            case HandsetAttached():
                self._empty.discard(fact.path)
            case HandsetDetached():
                self._empty.add(fact.path)
            case _:
                return fact.path in self._empty
        return False

    def _slot(self, fact: DeviceFact | ModemFact) -> SlotCode | None:
        where = str(fact.path)
        if isinstance(fact, HandsetAttached) and self._learns:
            self.layout = self.layout.with_port(fact.path)
        slot = self.layout.slot_of(fact.path)
        if slot is None and isinstance(fact, HandsetAttached):
            self._show.stand(Problem(ProblemCode.UNKNOWN_PORT, where))
        elif isinstance(fact, HandsetDetached):
            self._show.clear(ProblemCode.UNKNOWN_PORT, where)
        return slot

    def _identified(
        self, run: StagingRun, fact: HandsetIdentified
    ) -> Iterator[tuple[StagingRun, RunFact]]:
        identity = fact.identity
        if not self._belongs(identity):
            yield run, ConflictFound(Problem(ProblemCode.NOT_REAL, str(run.slot)))
            return
        away = self._board.waiting_for(identity, besides=run)
        if away and not run.recorded and fact.session == run.session:
            yield away, HandsetReattached(run.slot, fact.path, fact.session)
            return
        yield run, self._recognised(fact)
        yield from self._rivals(run, identity)

    def _belongs(self, identity: HandsetIdentity) -> bool:
        """Whether the handset may enter this record: simulated ones only in training."""
        return all(imei.is_test == self._simulated for imei in identity.imeis)

    def _recognised(self, fact: HandsetIdentified) -> HandsetRecognised:
        imeis = fact.identity.imeis
        known = self._ledger.device_by_imei(imeis[0]) if imeis else None
        return HandsetRecognised(
            path=fact.path,
            session=fact.session,
            identity=fact.identity,
            device=known.uid if known else new_uid(),
            asset_tag=known.asset_tag if known else None,
            staged=known is not None and known.outcome == CustodyKind.STAGED,
        )

    def _rivals(
        self, run: StagingRun, identity: HandsetIdentity
    ) -> Iterator[tuple[StagingRun, RunFact]]:
        rivals = self._board.rivals(identity, besides=run)
        mine = self._board.at(run.slot)
        for one, other in [(mine, rivals[0]), *((r, mine) for r in rivals)] if rivals else []:
            if one and other:
                problem = Problem(ProblemCode.DUPLICATE_IMEI, str(one.slot), f"also {other.slot}")
                yield one, ConflictFound(problem)
