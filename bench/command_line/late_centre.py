"""What a bench has of the centre, put together from the settings where there is one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.settings import CentralSettings

if TYPE_CHECKING:
    from bench.custody.ledger import Ledger
    from bench.inventory.releases.parts.people import SentPerson
    from bench.inventory.releases.taking.delivered import Delivered
    from bench.problems import Problem
    from bench.staging.outpost import Outpost


@dataclass(frozen=True)
class LateCentre:
    """The centre of the settings; `program` are the words that run this program with them.

    `open_pepper` returns what goes into the badges and PINs of a record; it may block.
    """

    settings: CentralSettings
    program: Sequence[str]
    open_pepper: Callable[[], bytes]

    @asynccontextmanager
    async def open(self, ledger: Ledger) -> AsyncIterator[Outpost | None]:
        """Open it, and take over whoever a release names; None where there is no centre."""
        if not (self.settings.address and self.settings.follow):
            yield None
            return
        import asyncio
        from contextlib import closing

        from bench.clock import SystemClock
        from bench.inventory.outpost import BenchOutpost, Site

        pepper = await asyncio.to_thread(self.open_pepper) if self.settings.publisher else b""
        site = Site(
            record=ledger.path,
            epoch=ledger.header.epoch,
            words=(*self.program, "sync", "--follow", "--json-lines"),
            publishes=bool(self.settings.publisher),
            freeze=ledger.freeze,
            welcome=lambda delivered: welcome(ledger, delivered, pepper),
        )
        with closing(BenchOutpost(site, SystemClock())) as outpost:
            yield outpost


def welcome(ledger: Ledger, delivered: Delivered, pepper: bytes) -> tuple[Problem, ...]:
    """Take over the people of a release, and wipe what was sent of them; on the bench's thread.

    Returns what kept it from that, and what of the release cannot be read; the bench works with
    what it has.
    """
    people = delivered.people()
    kept = _welcomed(ledger, delivered, people, pepper) if people is not None else ()
    return (*delivered.troubles, *kept)


def _welcomed(
    ledger: Ledger, delivered: Delivered, people: tuple[SentPerson, ...], pepper: bytes
) -> tuple[Problem, ...]:
    from functools import partial

    from bench.command_line.people_desk import reading
    from bench.inventory.releases.joining.bringing_in import Sent, bring_in
    from bench.inventory.releases.taking.delivered import wipe_people
    from bench.problems import Problem, ProblemCode, ProblemError

    try:
        sent = Sent(people, delivered.number, delivered.people_digest, delivered.note)
        today = datetime.now(UTC).date()
        opened = partial(reading, ledger.path, ledger.opener.read)
        found = bring_in(sent, ledger, opened, pepper, today)
        wipe_people(ledger.path, delivered.people_digest)
    except ProblemError as error:
        return (error.problem,)
    said = "; ".join(f"{each.person}: {each.why}" for each in found.left_out)
    return (Problem(ProblemCode.PEOPLE_LEFT_OUT, detail=said),) if said else ()
