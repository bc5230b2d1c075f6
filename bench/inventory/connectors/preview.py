"""What a feeding would do, before anybody says yes to it: the inventory is read, not written.

What was shown is known by a digest; a connector is inert until a person has said yes to it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bench.identity.plain import plain
from bench.inventory.connectors.deciding import decide
from bench.inventory.connectors.feeding import only_training_here
from bench.inventory.connectors.outbox import Outbox
from bench.inventory.connectors.pace import A_WHILE
from bench.inventory.connectors.port import Connector
from bench.inventory.connectors.rate import hours
from bench.inventory.connectors.sifting import GivenUpError, Sifting
from bench.inventory.connectors.words import (
    TAG,
    Alter,
    Change,
    CheckIn,
    CheckOut,
    Conflict,
    Create,
    Entry,
    UnfitError,
    Wanted,
)
from bench.problems import ProblemError

if TYPE_CHECKING:
    from bench.inventory.connectors.outbox import Connect

HEADER = ("device", "asset tag", "what", "field", "there", "wanted")


@dataclass(frozen=True, slots=True)
class Previewed:
    """How much a feeding would do: devices by `what`, and its digest.

    `requests` are those that change something, at `per_minute`: looking up comes on top.
    """

    counts: dict[str, int]
    digest: bytes
    requests: int
    per_minute: float

    def __str__(self) -> str:
        """Say it in a line: `30,000 to create … 4.2 h and more at 120 a minute`."""
        said = ", ".join(f"{many:,} to {what}" for what, many in sorted(self.counts.items()))
        if not said:
            return "nothing is to be done"
        time = hours(self.requests, self.per_minute)
        return f"{said}; {time:.1f} h and more at {self.per_minute:g} a minute"


Show = Callable[[Sequence[str]], None]
_Fit: TypeAlias = tuple[Wanted, Entry]


def preview(
    connect: Connect, connector: Connector, show: Show, seconds: float = A_WHILE
) -> Previewed:
    """Show what would be done, a row at a time as `HEADER` names them, and keep that it was shown.

    Blocks; raises `ProblemError` as a feeding does, for trouble of the inventory too. Where it asks
    to wait, that is done for `seconds` in all: nobody else feeds it meanwhile.
    """
    with connect() as connection:
        outbox = Outbox(connection, connector.about)
        with outbox.locked():
            connector.pace.bucket = outbox.standing(connector.pace.bucket).bucket
            only_training_here(outbox, connector)
            connector.pace.until = connector.pace.clock() + seconds
            seen = asyncio.run(_looked_through(outbox, connector, show))
            outbox.previewed(seen.digest, str(seen))
            return seen


async def _looked_through(outbox: Outbox, connector: Connector, show: Show) -> Previewed:
    seen = _Seen(connector, show)
    sifting: Sifting[_Fit] = Sifting(seen.odd, parted=connector.about.parted)
    try:
        for batch in outbox.devices(differing=True, batch=connector.about.batch):
            for wanted, changes in await _decided(connector, batch, sifting):
                seen.one(wanted, changes)
        sifting.ended()
    except GivenUpError as error:
        raise error.problem from None
    finally:
        await connector.close()
    return seen.whole()


class _Seen:
    """What was shown so far."""

    def __init__(self, connector: Connector, show: Show) -> None:
        self._pace = connector.pace
        self._show = show
        self._counts: Counter[str] = Counter()
        self._digest = hashlib.sha256(connector.about.mapping)
        self._requests = 0

    def one(self, wanted: Wanted, changes: Sequence[Change]) -> None:
        for row in rows_of(wanted, changes):
            self._show(row)
            self._digest.update(json.dumps(row).encode())
        self._counts.update({kind_of(changes): 1} if changes else {})
        self._requests += sum(not isinstance(each, Conflict) for each in changes)

    def odd(self, fit: _Fit, error: ProblemError) -> None:
        """Show one that the inventory cannot bear to be asked about."""
        self.one(fit[0], (Conflict(error.problem.detail or error.problem.advice.what),))

    def whole(self) -> Previewed:
        rate = self._pace.bucket.per_minute
        return Previewed(dict(self._counts), self._digest.digest(), self._requests, rate)


async def _decided(
    connector: Connector, batch: Sequence[Wanted], sifting: Sifting[_Fit]
) -> list[tuple[Wanted, tuple[Change, ...]]]:
    fit: list[_Fit] = []
    decided: list[tuple[Wanted, tuple[Change, ...]]] = []
    for wanted in batch:
        try:
            fit.append((wanted, connector.entry(wanted)))
        except UnfitError as error:
            decided.append((wanted, (Conflict(str(error)),)))
    while fit:
        some = sifting.handful(fit)
        try:
            found = await connector.look_up([entry for _, entry in some])
        except ProblemError as error:
            sifting.trouble(some, error)
            fit = fit[1:] if len(some) == 1 else fit
            continue
        decided += [
            (wanted, decide(entry, there))
            for (wanted, entry), there in zip(some, found, strict=False)
        ]
        fit = fit[len(found) :]
        sifting.went_well()
        sifting.more()
    return decided


def kind_of(changes: Sequence[Change]) -> str:
    """Return what comes of a device in a word: `create`, `change`, `look at`."""
    if any(isinstance(each, Conflict) for each in changes):
        return "look at"
    return "create" if any(isinstance(each, Create) for each in changes) else "change"


def rows_of(wanted: Wanted, changes: Sequence[Change]) -> Iterator[tuple[str, ...]]:
    """Yield rows for a person, as `HEADER` names them; what an inventory says is only ever text."""
    for change in changes:
        for what, name, there, new in _told(change):
            cells = (wanted.device, wanted.asset_tag, what, name, there, new)
            yield tuple(plain(cell, 200) for cell in cells)


def _told(change: Change) -> Iterator[tuple[str, str, str, str]]:
    match change:
        case Create(fields):
            yield "create", TAG, "", fields.get(TAG, "")
        case Alter(_, fields):
            for name, (there, new) in fields.items():
                yield "change", name, there, new
        case CheckIn(_, holder):
            yield "check in", "holder", holder, ""
        case CheckOut(_, holder):
            yield "check out", "holder", "", holder
        case Conflict(why):
            yield "look at", "", why, ""
