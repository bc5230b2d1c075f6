"""Feeding one inventory once: what is due is looked up, decided, changed, and read back.

It blocks, on a thread or in a process of its own, with a loop of its own. Each device's outcome is
kept as soon as it is known, so that a feeding that breaks off goes on where it was. Trouble of one
device holds up no other; trouble of the inventory ends the feeding, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from bench.identity.plain import plain
from bench.inventory.connectors.deciding import decide
from bench.inventory.connectors.outbox import Claimed, Outbox
from bench.inventory.connectors.pace import Budget
from bench.inventory.connectors.port import Connector, Numbered, Snapshots
from bench.inventory.connectors.sifting import GivenUpError, Sifting
from bench.inventory.connectors.words import (
    DONE,
    Alter,
    Change,
    Conflict,
    Entry,
    Outcome,
    Plan,
    State,
    UnfitError,
    Wanted,
)
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    from bench.inventory.connectors.outbox import Connect

_WORD = 200
_Fit: TypeAlias = tuple[Claimed, Entry]


@dataclass(frozen=True, slots=True)
class Fed:
    """What one feeding did: devices that are there now as wanted, and those that are not.

    `left` says why it ended before all was looked at, "" where it did not.
    """

    done: int = 0
    failed: int = 0
    refused: int = 0
    left: str = ""


def feed_once(connect: Connect, connector: Connector, budget: Budget) -> Fed:
    """Feed an inventory what is due, for as long as the budget allows; blocks.

    `connect` opens a session of its own with the store (autocommit), for as long as it is entered.
    `ProblemError`: CONNECTOR_RUNNING where another worker feeds it,
    CONNECTOR_INERT before somebody said yes to a preview, SIMULATED_NEVER_SYNCS for a training
    centre and an inventory elsewhere. Trouble of the inventory is no error: `left` says it.
    """
    with connect() as connection:
        outbox = Outbox(connection, connector.about)
        with outbox.locked():
            _may(outbox, connector)
            return asyncio.run(_Feeding(outbox, connector, budget).run())


def _may(outbox: Outbox, connector: Connector) -> None:
    standing = outbox.standing(connector.pace.bucket)
    if standing.mapping != connector.about.mapping:
        raise ProblemError(Problem(ProblemCode.CONNECTOR_INERT, connector.about.name))
    only_training_here(outbox, connector)
    connector.pace.bucket = standing.bucket


def only_training_here(outbox: Outbox, connector: Connector) -> None:
    """Raise SIMULATED_NEVER_SYNCS where a training centre would tell an inventory elsewhere."""
    if outbox.simulated() and not connector.about.is_here:
        raise ProblemError(Problem(ProblemCode.SIMULATED_NEVER_SYNCS, connector.about.name))


class _Feeding:
    """One feeding: what it counts, who was tried of the batch, and who was just being changed."""

    def __init__(self, outbox: Outbox, connector: Connector, budget: Budget) -> None:
        self._outbox = outbox
        self._connector = connector
        self._budget = budget
        self._counts = dict.fromkeys(State, 0)
        self._sifting: Sifting[_Fit] = Sifting(self._failed, parted=connector.about.parted)
        self._tried: set[str] = set()
        self._changing: set[str] = set()
        if isinstance(connector, Numbered):
            connector.count_by(outbox.number)

    async def run(self) -> Fed:
        pace = self._connector.pace
        quiet = self._outbox.standing(pace.bucket).quiet
        if quiet > 0:
            return self._fed(f"it is left alone for {quiet:.0f} s more")
        pace.until = pace.clock() + self._budget.seconds
        try:
            return await self._fed_all()
        except GivenUpError as error:
            return self._ill(error.problem)
        except ProblemError as error:
            return self._ill(error)
        finally:
            await self._connector.close()
            self._outbox.let_go()

    async def _fed_all(self) -> Fed:
        self._outbox.refresh()
        left = await self._all_due()
        await self._snapshot()
        self._push_back()
        self._outbox.well(self._connector.pace.bucket)
        return self._fed(left or self._held_back())

    def _ill(self, error: ProblemError) -> Fed:
        self._push_back()
        self._outbox.ill(self._connector.pace.bucket, str(error.problem))
        return self._fed(str(error.problem))

    async def _all_due(self) -> str:
        """Work until nothing is due; return why it ended before that."""
        looked, most = 0, self._budget.devices
        while not self._connector.pace.is_over:
            room = self._connector.about.batch
            room = room if most is None else min(room, most - looked)
            claimed = self._outbox.claim(room) if room > 0 else []
            if not claimed:
                self._sifting.ended()
                return "" if room > 0 else "as many as it was to look at"
            looked += len(claimed)
            await self._batch(claimed)
        return "its time is over"

    async def _batch(self, claimed: Sequence[Claimed]) -> None:
        self._tried.clear()
        left = self._spelt(claimed)
        while left and not self._connector.pace.is_over:
            some = self._sifting.handful(left)
            many = await self._handful(some)
            again = [each for each in left[:many] if each[0].wanted.device not in self._tried]
            left = [*again, *left[many:]]

    async def _handful(self, some: Sequence[_Fit]) -> int:
        """Look devices up and go on with them; return how many of the first were looked at."""
        try:
            found = await self._connector.look_up([entry for _, entry in some])
            for each in _slices(
                list(zip(some, found, strict=False)), self._connector.about.at_once
            ):
                if not self._connector.pace.is_over:
                    await self._some(each)
        except ProblemError as error:
            self._suspect(some, error)
            return len(some)
        self._sifting.more()
        return len(found)

    def _suspect(self, some: Sequence[_Fit], error: ProblemError) -> None:
        if len(some) == 1:
            self._tried.add(some[0][0].wanted.device)
        self._sifting.trouble(some, error)

    def _spelt(self, claimed: Sequence[Claimed]) -> list[_Fit]:
        fit: list[_Fit] = []
        for each in claimed:
            try:
                fit.append((each, self._connector.entry(each.wanted)))
            except UnfitError as error:
                self._keep([(each, Outcome(State.REFUSED, str(error)))])
        return fit

    async def _some(self, some: Sequence[tuple[_Fit, tuple[Entry, ...]]]) -> None:
        """Change a few devices and keep how it went."""
        planned: list[tuple[_Fit, Plan]] = []
        settled: list[tuple[Claimed, Outcome]] = []
        for fit, found in some:
            claimed, entry = fit
            changes = decide(entry, found)
            if changes and not _conflict(changes):
                planned.append((fit, Plan(claimed.wanted, entry, changes)))
            else:
                settled.append((claimed, _settled(changes)))
        self._went_well(settled)
        if planned:
            await self._changed(planned)

    async def _changed(self, planned: Sequence[tuple[_Fit, Plan]]) -> None:
        """Change them; of many that it has trouble with it is not known what was done."""
        plans = [plan for _, plan in planned]
        try:
            said = await self._connector.apply(plans)
            found = await self._connector.read_back(plans)
        except ProblemError as error:
            if len(planned) > 1:
                raise
            self._changing.add(plans[0].wanted.device)
            self._suspect([planned[0][0]], error)
            return
        self._went_well([
            (claimed, _taken(plan, how, now))
            for ((claimed, _), plan), how, now in zip(planned, said, found, strict=True)
        ])  # fmt: skip

    def _went_well(self, done: Sequence[tuple[Claimed, Outcome]]) -> None:
        if done:
            self._keep(done)
            self._sifting.went_well()

    def _failed(self, fit: _Fit, error: ProblemError) -> None:
        self._keep([(fit[0], Outcome(State.FAILED, _detail(error)))])

    def _push_back(self) -> None:
        """Have who is still suspected come after all others, should it be the one.

        One that was just being changed has failed, for that may be done in part.
        """
        for (claimed, _), error in self._sifting.suspects:
            odd = error.problem.code is ProblemCode.CONNECTOR_GARBLED
            failed = odd or claimed.wanted.device in self._changing
            state = State.FAILED if failed else State.WAITING
            self._keep([(claimed, Outcome(state, _detail(error)))])
        self._sifting.suspects.clear()

    def _held_back(self) -> str:
        many = self._outbox.held_back()
        return f"{many:,} wait until what benches said of them is looked through" if many else ""

    def _keep(self, done: Sequence[tuple[Claimed, Outcome]]) -> None:
        if not done:
            return
        for each, how in done:
            self._counts[how.state] += 1
            self._tried.add(each.wanted.device)
        plainly = [(each, Outcome(how.state, plain(how.word, _WORD))) for each, how in done]
        self._outbox.record(plainly, self._connector.pace.bucket)

    async def _snapshot(self) -> None:
        taker, now = self._connector, datetime.now(UTC)
        if not isinstance(taker, Snapshots) or self._outbox.is_behind():
            return
        if await taker.due(now):
            await taker.snapshot(now, _each(self._outbox.devices(differing=False)))

    def _fed(self, left: str) -> Fed:
        counts = self._counts
        return Fed(counts[State.DONE], counts[State.FAILED], counts[State.REFUSED], left)


def _detail(error: ProblemError) -> str:
    return error.problem.detail or error.problem.advice.what


def _settled(changes: Sequence[Change]) -> Outcome:
    conflict = _conflict(changes)
    return Outcome(State.REFUSED, conflict.why) if conflict else DONE


def _taken(plan: Plan, how: Outcome, now: Sequence[Entry]) -> Outcome:
    """Return how it went by what is there now, whatever the inventory said of it."""
    left = decide(plan.entry, now)
    if not left:
        return DONE
    if how.state is not State.DONE:
        return how
    conflict = _conflict(left)
    if conflict:
        return Outcome(State.REFUSED, conflict.why)
    return Outcome(State.FAILED, f"it said yes and did not do it: {', '.join(_names(left))}")


def _conflict(changes: Sequence[Change]) -> Conflict | None:
    return next((each for each in changes if isinstance(each, Conflict)), None)


def _names(changes: Sequence[Change]) -> Iterator[str]:
    for each in changes:
        yield from each.fields if isinstance(each, Alter) else (type(each).__name__.lower(),)


def _slices(
    of: Sequence[tuple[_Fit, tuple[Entry, ...]]], size: int
) -> Iterator[Sequence[tuple[_Fit, tuple[Entry, ...]]]]:
    for start in range(0, len(of), size):
        yield of[start : start + size]


def _each(batches: Iterable[list[Wanted]]) -> Iterator[Wanted]:
    for batch in batches:
        yield from batch
