"""Who a scan or a PIN is for: somebody who signs in, the desk that is worked at, or the slots."""

from __future__ import annotations

from collections.abc import Callable

from bench.events.desks import DeskFact, JobFact
from bench.events.person import (
    AccessFact,
    BenchLocked,
    PinAnswered,
    PinTyped,
    PinUnchecked,
    PinWithdrawn,
    TextScanned,
)
from bench.identity.commands import CommandCode
from bench.identity.scans import read_scan
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.scanning import Scanning
from bench.staging.second_person import DeskSigned, SignedOff
from bench.staging.sign_in_desk import SignInDesk
from bench.staging.stock_desk import StockDesk


class Reception:
    """Hands scans and answers on; `desk` is None on a bench that has slots only.

    `at_slot` does what waited at a slot for a second person.
    """

    def __init__(
        self,
        scanning: Scanning,
        people: SignInDesk,
        desk: StockDesk | None,
        at_slot: Callable[[SignedOff], None],
    ) -> None:
        self._scanning = scanning
        self._people = people
        self._desk = desk
        self._at_slot = at_slot

    def scanned(self, scan: TextScanned) -> None:
        """Hand a scan on; `ProblemError` where whoever acts may not."""
        desk, command = self._desk, _command_of(scan.text)
        if desk is None or not (desk.is_open or command):
            self._scanning.read(scan)
            return
        try:
            if command:
                desk.commanded(command, scan)
            else:
                self._at(desk, scan)
        finally:
            self._people.show()

    def _at(self, desk: StockDesk, scan: TextScanned) -> None:
        """A badge that a desk wants is for it, unless a second person is waited for."""
        waits = self._people.waits_for_somebody
        if desk.takes_badge() and not waits:
            desk.badge(self._people.badge_text(scan.text), scan.source)
        elif self._people.is_badge(scan.text):
            self._people.badge(scan)
        else:
            desk.scanned(scan)

    def answered(self, fact: DeskFact) -> None:
        """Hand on what a person does at a desk, or what became of the work behind it."""
        if self._desk is None:
            raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, detail="it has slots only"))
        try:
            if isinstance(fact, JobFact):
                self._desk.worked(fact)
            else:
                self._desk.decided(fact)
        finally:
            self._people.show()

    def showed(self, fact: AccessFact) -> None:
        """Somebody shows who they are, or leaves; the second person may let something be done."""
        try:
            match fact:
                case PinTyped():
                    self._people.typed(fact.pin)
                case PinWithdrawn():
                    self._people.withdraw()
                case BenchLocked():
                    self._people.lock()
                case PinUnchecked():
                    self._people.unchecked(fact)
                case PinAnswered():
                    self._signed(self._people.answered(fact))
        finally:
            self._people.show()

    def _signed(self, signed: SignedOff | DeskSigned | None) -> None:
        match signed:
            case SignedOff():
                self._at_slot(signed)
            case DeskSigned() if self._desk:
                self._desk.signed_off(signed)

    def follow(self) -> bool:
        """Let the book see what the record has; whether a desk shows something else by it."""
        return self._desk is not None and self._desk.follow()

    def wrote(self) -> None:
        """Know that something was committed: a desk that is open shows it."""
        if self._desk and self._desk.is_open:
            self._desk.follow()
            self._desk.show()


def _command_of(text: str) -> CommandCode | None:
    """Return the command of a card beside the scanner; None for every other code."""
    if "~" not in text:
        return None
    meaning = read_scan(text).meaning
    return meaning if isinstance(meaning, CommandCode) else None
