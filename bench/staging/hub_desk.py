"""What concerns ports and hubs and no single run: halves of sockets, crowds, and power."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from bench.events.device import HandsetAttached
from bench.events.orders import CyclePower
from bench.events.person import PowerCycleRequested
from bench.events.power import PortsSwitchable
from bench.events.run import HubFact
from bench.events.usb import ControllerCrowded, ControllerRelieved, KernelUnheard, PortsPaired
from bench.identity.identifiers import SlotCode, UsbPath
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.board import Board
from bench.staging.ports_desk import PortsDesk
from bench.staging.showing import Show
from bench.staging.sign_in_desk import SignInDesk


class HubDesk:
    """Keeps what is known of the hubs; `again` takes a fact in once more. On the bench's loop."""

    def __init__(
        self,
        ports: PortsDesk,
        board: Board,
        show: Show,
        people: SignInDesk,
        carry_out: Callable[[CyclePower], None],
        again: Callable[[HandsetAttached], None],
    ) -> None:
        self._ports = ports
        self._board = board
        self._show = show
        self._people = people
        self._carry_out = carry_out
        self._again = again
        self._switchable: frozenset[UsbPath] = frozenset()

    def take(self, fact: HubFact) -> None:
        """Take a fact in; `ProblemError` when a person asked for what is not possible."""
        match fact:
            case PortsSwitchable():
                self._switchable = fact.paths
                self.offer()
            case PortsPaired():
                for waiting in self._ports.pair(fact):
                    self._again(waiting)
                self.offer()
            case ControllerCrowded():
                self._show.stand(self._crowded(fact))
            case ControllerRelieved():
                self._show.clear(ProblemCode.USB_CROWDED, fact.controller)
            case KernelUnheard():
                pass  # nothing is held up by it; whoever checks the station is told
            case PowerCycleRequested():
                self._cycle(fact.slot)
            case _:
                assert_never(fact)

    def offer(self) -> None:
        """Show which slots can be switched; also to be called when a port became a slot."""
        slots = {self._ports.layout.slot_of(path) for path in self._switchable}
        self._show.offer_power(frozenset(slot for slot in slots if slot))

    def _crowded(self, fact: ControllerCrowded) -> Problem:
        """Name what to move by slot, for hands, and by port where it is no slot."""
        names = [str(self._ports.layout.slot_of(path) or path) for path in fact.move]
        move = f"; move {', '.join(names)} to {fact.to}" if names else ""
        detail = f"{fact.needed} handsets, room for {fact.room}{move}"
        return Problem(ProblemCode.USB_CROWDED, fact.controller, detail)

    def _cycle(self, slot: SlotCode) -> None:
        self._people.book.present()
        run = self._board.at(slot)
        if run and run.busy:
            raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, str(slot), "hold it first"))
        paths = [path for path in self._switchable if self._ports.layout.slot_of(path) == slot]
        if not paths:
            detail = "its hub cannot switch the port"
            raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, str(slot), detail))
        self._carry_out(CyclePower(slot, min(paths)))
