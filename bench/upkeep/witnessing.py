"""Brings the record's signed heads to one witness, for as long as the bench works.

The exchange is on a thread beside the loop; what it brings is kept on the loop's. Work never waits
for it: a witness that is away is asked again, the longer it is away the more rarely.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from bench.custody.database import Connect, connect_reader, told
from bench.custody.epochs.freezing import freeze_contradicted, freeze_rolled_back
from bench.custody.ledger import Ledger
from bench.custody.proof.checkpoint import cosigned_at
from bench.custody.proof.note import SignedNote
from bench.ports import Post
from bench.problems import Problem, ProblemError
from bench.upkeep.cosigned import Cosigned, RecordTree, last_cosigned
from bench.upkeep.heads import Heads
from bench.upkeep.notice import Notice
from bench.upkeep.plan import Rhythm, WitnessSite
from bench.upkeep.training import refuse_to_leave
from bench.witness.client import (
    WitnessClient,
    WitnessRefusedError,
    WitnessUnreachableError,
)
from bench.witness.cosigning import RolledBackError, cosign

_DOUBLINGS = 20


def witnesses(
    sites: Iterable[WitnessSite],
    ledger: Ledger,
    heads: Heads,
    post: Post,
    rhythm: Rhythm,
    connect: Connect = connect_reader,
) -> tuple[Witnessing, ...]:
    """Return the witnesses of one record, each told of new heads; proofs are made once for all."""
    tree = RecordTree(ledger.path, connect)
    found = tuple(
        Witnessing(site, ledger, heads, tree, Notice(post), rhythm, connect) for site in sites
    )
    for each in found:
        heads.tell(each.wake)
    return found


class Witnessing:
    """One witness of one record. Everything here is for the bench's loop only."""

    def __init__(
        self,
        site: WitnessSite,
        ledger: Ledger,
        heads: Heads,
        tree: RecordTree,
        notice: Notice,
        rhythm: Rhythm,
        connect: Connect,
    ) -> None:
        self._site = site
        self._ledger = ledger
        self._heads = heads
        self._tree = tree
        self._notice = notice
        self._rhythm = rhythm
        self._connect = connect
        self._chance = random.Random()  # noqa: S311 - when to ask again is no secret
        self._failures = 0
        self._wake = asyncio.Event()
        self._asking: asyncio.Future[SignedNote] | None = None
        self._known: Cosigned | None = None

    def wake(self) -> None:
        """Ask now: a new head was signed."""
        self._wake.set()

    async def follow(self) -> None:
        """Ask at once and then in the rhythm, until cancelled or the record is frozen."""
        while not self._ledger.frozen:
            self._wake.clear()
            if self._heads.age() >= self._rhythm.cosign:
                self._heads.sign("interval")
            seconds = await self.ask(self._rhythm.deadline)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()

    async def ask(self, deadline: float) -> float:
        """Have the newest head cosigned; return after how many seconds to ask again."""
        try:
            refuse_to_leave(self._ledger.header, self._site.url, self._site.name)
            kept = self._ledger.last_checkpoint()
            if kept is None or cosigned_at(kept.note, self._site.key):
                return self._rhythm.cosign
            note = await self._answer(kept.note, deadline)
            self._ledger.keep_cosigned(note)
        except RolledBackError as error:
            self._freeze(error)
        except WitnessUnreachableError as error:
            return self._away(error.problem)
        except WitnessRefusedError as error:
            self._refused(error)
        except ProblemError as error:
            self._notice.show(error.problem)
        else:
            self._failures = 0
            self._notice.show(None)
            return self._rhythm.cosign if note.text == kept.note.text else 0.0
        return self._rhythm.cosign

    async def _answer(self, note: SignedNote, deadline: float) -> SignedNote:
        """Wait so long for the thread; one that hangs is waited for again, not joined by more."""
        if self._asking is None:
            work = asyncio.to_thread(self._brought, note, deadline)
            self._asking = asyncio.ensure_future(work)
            self._asking.add_done_callback(_looked_at)
        done, _ = await asyncio.wait({self._asking}, timeout=deadline)
        if not done:
            raise WitnessUnreachableError(self._site.name, f"no answer in {deadline:g} s")
        asked, self._asking = self._asking, None
        return asked.result()

    def _brought(self, note: SignedNote, deadline: float) -> SignedNote:
        """On a thread: exchange it with the witness."""
        path = self._ledger.path
        with told(path), closing(self._connect(path)) as connection:
            self._known = last_cosigned(connection, self._site.key)
        client = WitnessClient(self._site.url, self._site.key, deadline / 2)
        return cosign(client, note, self._tree, self._known.size if self._known else 0)

    def _freeze(self, error: RolledBackError) -> None:
        """Write nothing more: what was recorded after this state lies elsewhere, or is lost."""
        have = self._ledger.tail().seq
        with suppress(ProblemError):  # it is asked again, and says the same
            self._notice.show(freeze_rolled_back(self._ledger, error.size, have))

    def _refused(self, error: WitnessRefusedError) -> None:
        """Where the witness knows other events than these, neither history may go on."""
        self._notice.show(error.problem)
        if error.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            with suppress(ProblemError):
                self._notice.show(freeze_contradicted(self._ledger, error.reason))

    def _away(self, problem: Problem) -> float:
        """Say since when nothing was cosigned; return when to ask again.

        That is some moment of a span that doubles each time, so that no two benches keep step.
        """
        since = f"since {utc(self._known.at)}" if self._known else "so far"
        detail = f"nothing cosigned {since}; {problem.detail}"
        self._notice.show(replace(problem, detail=detail))
        self._failures = min(self._failures + 1, _DOUBLINGS)
        span = min(self._rhythm.cosign, self._rhythm.again * 2**self._failures)
        return self._chance.uniform(0, span)


def utc(at: datetime) -> str:
    """`2026-11-24 06:12 UTC`."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _looked_at(asked: asyncio.Future[SignedNote]) -> None:
    """Take note of how it ended: the program may end before anybody asks."""
    if not asked.cancelled():
        asked.exception()
