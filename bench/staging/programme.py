"""What the programme lets a bench stage: the capacity of the core, and licences that are free.

Counted from the record once, and then with each commit, so that no scan waits for a count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bench.custody import queries
from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind
from bench.problems import Problem, ProblemCode
from bench.staging.board import Board
from bench.staging.enrolled import asked
from bench.staging.plan import Plan
from bench.staging.run import StagingRun, State
from bench.stock.licences.allotting import is_low

_GIVEN_BACK = (CustodyKind.RETURNED, CustodyKind.WIPED, CustodyKind.DISPOSED)
_IN_HAND = (State.STAGING, State.LABELLING, State.AWAITING_LABEL, State.HELD)


class Planned(Protocol):
    """What files said of the roll-out; it goes before what the settings say."""

    def pools(self) -> Mapping[str, int]:
        """Return how many of each pool may be used today, for the pools that were bought."""
        ...

    def core(self) -> tuple[int, int] | None:
        """Return the capacity of the core and how many are in service; None where none says."""
        ...

    def fleet(self) -> Collection[str]:
        """Return the handsets of the earlier fleet: they are in service whether staged or not."""
        ...


class NothingPlanned:
    """The port `Planned` of a bench that was given no file."""

    def pools(self) -> Mapping[str, int]:
        """Say that no pool was bought."""
        return {}

    def core(self) -> tuple[int, int] | None:
        """Say that nothing is known."""
        return None

    def fleet(self) -> Collection[str]:
        """Say that there was none."""
        return ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How many handsets the core is sized for, 0 for any number; how many are in service already.

    `licences` are how many of each pool were bought, where no file of purchases says so.
    """

    capacity: int = 0
    in_service: int = 0
    licences: Mapping[str, int] = field(default_factory=dict)


_NO_LIMITS = Limits()
CHANGES_POOLS = frozenset({
    CustodyKind.STAGED, CustodyKind.VOIDED, CustodyKind.IMPORTED, *_GIVEN_BACK,
})  # fmt: skip
"""After these a pool may be low that was not, or be so no longer."""


class Programme:
    """Knows which handsets are staged and who holds a licence. On the bench's loop."""

    def __init__(
        self,
        ledger: Ledger,
        board: Board,
        limits: Limits = _NO_LIMITS,
        planned: Planned | None = None,
    ) -> None:
        self._board = board
        self._limits = limits
        self._planned = planned or NothingPlanned()
        self._staged = asked(ledger, queries.staged_runs)
        self._holders = asked(ledger, queries.licence_holders)

    def refusal(self, run: StagingRun) -> Problem | None:
        """Say why this handset may not be staged under its plan; None where it may.

        Of one whose box alone was scanned nobody knows whether it is staged already: it is asked
        about again when its screen was read.
        """
        if run.is_claimed or not run.device:
            return None
        return self._full(run) or self._unlicensed(run)

    def low(self) -> Mapping[str, Problem | None]:
        """Return by pool that few or none are left to stage with; None where many are."""
        return {pool: self._low(pool, count) for pool, count in self._pools().items()}

    def _low(self, pool: str, bought: int) -> Problem | None:
        free = max(0, bought - len(self._holders.get(pool, set())))
        if not is_low(free, bought):
            return None
        return Problem(ProblemCode.LICENCES_LOW, pool, f"{free} of {bought} are free")

    def _pools(self) -> Mapping[str, int]:
        """What files say goes before what the settings say of the same pool."""
        return {**self._limits.licences, **self._planned.pools()}

    def note(self, entries: Sequence[Entry]) -> None:
        """Take in what was written."""
        for entry in entries:
            if entry.device and entry.kind is CustodyKind.STAGED and entry.run:
                self._pass(entry.device.uid, entry.run.run, entry.data.get("licences"))
            elif entry.device and entry.kind is CustodyKind.VOIDED and entry.run:
                self._void(entry.device.uid, entry.run.run)
            elif entry.device and entry.kind in _GIVEN_BACK:
                self._give_back(entry.device.uid)

    def _pass(self, uid: str, run: str, licences: object) -> None:
        self._staged.setdefault(uid, set()).add(run)
        self._give_back(uid)
        for pool in licences if isinstance(licences, list) else ():
            self._holders.setdefault(str(pool), set()).add(uid)

    def _void(self, uid: str, run: str) -> None:
        """Give back what that run took; one that was not staged took nothing."""
        runs = self._staged.get(uid, set())
        if run in runs:
            runs.discard(run)
            self._give_back(uid)
        if not runs:
            self._staged.pop(uid, None)

    def _give_back(self, uid: str) -> None:
        for holders in self._holders.values():
            holders.discard(uid)

    def _full(self, run: StagingRun) -> Problem | None:
        capacity, in_service = self._planned.core() or (
            self._limits.capacity,
            self._limits.in_service,
        )
        if not capacity or not run.plan.counts or run.device in self._staged:
            return None
        fleet = self._planned.fleet()
        more = len(({*self._staged} | self._in_hand(lambda plan: plan.counts)).difference(fleet))
        if run.device in fleet or in_service + more < capacity:
            return None
        detail = f"{in_service} in service and {more} staged of {capacity}"
        return Problem(ProblemCode.CAPACITY_REACHED, str(run.slot), detail)

    def _unlicensed(self, run: StagingRun) -> Problem | None:
        pools = self._pools() if run.plan.licences else {}
        for pool in run.plan.licences:
            holders = self._holders.get(pool, set())
            taken = holders | self._in_hand(_takes(pool))
            bought = pools.get(pool, 0)
            if run.device not in taken and len(taken) >= bought:
                detail = f"{pool}: {len(taken)} of {bought} are taken"
                return Problem(ProblemCode.NO_LICENCE, str(run.slot), detail)
        return None

    def _in_hand(self, counts: Callable[[Plan], bool]) -> set[str]:
        return {
            run.device for run in self._board
            if run.is_claimed and run.state in _IN_HAND and counts(run.plan)
        }  # fmt: skip


def _takes(pool: str) -> Callable[[Plan], bool]:
    return lambda plan: pool in plan.licences
