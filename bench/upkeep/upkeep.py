"""All that is done for a record while a bench works: begun with its session, and ended properly.

On the bench's loop, beside its work; what blocks is on threads or in a process of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from bench.custody.database import connect_reader
from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind
from bench.ports import Clock, Post
from bench.problems import Problem, ProblemCode, ProblemError
from bench.upkeep.heads import Heads, keep_signed
from bench.upkeep.notice import Notice
from bench.upkeep.plan import USUALLY, Plan, Rhythm
from bench.upkeep.questions import ask_daily
from bench.upkeep.restaging import count_daily

if TYPE_CHECKING:
    from bench.custody.backup.trial import Form
    from bench.custody.proof.timestamp import Authority
    from bench.upkeep.plan import BackupPlan
    from bench.upkeep.witnessing import Witnessing

Work: TypeAlias = "Coroutine[None, None, None]"


class Upkeep:
    """What `Bench` is given to look after its record; `form` where that is not a plain one."""

    def __init__(
        self, plan: Plan, clock: Clock, *, form: Form | None = None, rhythm: Rhythm = USUALLY
    ) -> None:
        self._plan = plan
        self._clock = clock
        self._form = form
        self._rhythm = rhythm

    @asynccontextmanager
    async def __call__(
        self, ledger: Ledger, post: Post, quiet_for: Callable[[], float]
    ) -> AsyncIterator[Heads]:
        """Look after the record of a session that has begun; gives what signs heads on demand.

        Left by itself or cancelled, the session is closed in the record, its last head signed and,
        in some seconds, cosigned; after a fault nothing more is written. `post` may still be told
        problems then.
        """
        session = _Session(self._plan, ledger, self._clock, post, self._rhythm, self._form)
        session.begin()
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work) for work in session.works(quiet_for)]
                yield session.heads
                for task in tasks:
                    task.cancel()
        except asyncio.CancelledError:
            await session.end()
            raise
        await session.end()


class _Session:
    """One session of one record. On the bench's loop."""

    def __init__(
        self,
        plan: Plan,
        ledger: Ledger,
        clock: Clock,
        post: Post,
        rhythm: Rhythm,
        form: Form | None,
    ) -> None:
        self.heads = Heads(ledger, clock, post)
        self._plan = plan
        self._ledger = ledger
        self._clock = clock
        self._post = post
        self._rhythm = rhythm
        self._form = form
        self._connect = form.connect if form else connect_reader
        self._witnesses = self._witnessing() if plan.witnesses else ()

    # ── its edges ───────────────────────────────────────────────────────────────────────────────
    def begin(self) -> None:
        """Finish an erasure that was cut short, and sign the first head."""
        try:
            self._ledger.scrub()
        except ProblemError as error:
            detail = error.problem.detail
            self._notice().show(Problem(ProblemCode.ERASURE_UNFINISHED, detail=detail))
        self.heads.sign("opened")

    async def end(self) -> None:
        """Close it, have its last head cosigned, and write the docket."""
        try:
            self._ledger.append((Entry(CustodyKind.SESSION_CLOSED),))
        except ProblemError as error:
            self._notice().show(error.problem)
            return
        if not self.heads.sign("shift"):
            return
        await asyncio.gather(*(each.ask(self._rhythm.farewell) for each in self._witnesses))
        await self._write_docket()

    async def _write_docket(self) -> None:
        head = self._ledger.last_checkpoint()
        if self._plan.docket is None or head is None:
            return
        from bench.upkeep import dockets  # noqa: PLC0415 - where dockets are written

        header, at = self._ledger.header, self._clock.moment().at
        try:
            await asyncio.to_thread(
                dockets.write, self._plan.docket, head.note, header, at, "shift"
            )
        except ProblemError as error:
            self._notice().show(error.problem)

    # ── while it lasts ──────────────────────────────────────────────────────────────────────────
    def works(self, quiet_for: Callable[[], float]) -> Iterator[Work]:
        """Yield what goes on until it is cancelled."""
        yield keep_signed(self.heads, quiet_for, self._rhythm)
        yield ask_daily(self._ledger, self._clock, self._notice(), self._rhythm, self._connect)
        yield count_daily(
            self._ledger, self._clock, self._post, self._rhythm, self._connect, self._plan.profiles
        )
        yield from (each.follow() for each in self._witnesses)
        if self._plan.backups:
            yield self._backing_up(self._plan.backups)
        if self._plan.authority:
            yield self._stamping(self._plan.authority)

    def _witnessing(self) -> tuple[Witnessing, ...]:
        from bench.upkeep.witnessing import witnesses  # noqa: PLC0415 - loads http and ssl

        sites, ledger = self._plan.witnesses, self._ledger
        return witnesses(sites, ledger, self.heads, self._post, self._rhythm, self._connect)

    def _backing_up(self, plan: BackupPlan) -> Work:
        from bench.custody.backup.making import Backups  # noqa: PLC0415 - where some are made
        from bench.custody.backup.schedule import keep_up  # noqa: PLC0415 - as above
        from bench.custody.backup.trial import PLAIN  # noqa: PLC0415 - as above
        from bench.upkeep.apart import apart  # noqa: PLC0415 - loads multiprocessing

        backups = Backups(
            self._ledger.path,
            self._ledger.header,
            plan.folder,
            self._clock,
            every=plan.every,
            keep=plan.keep,
            form=apart(self._form or PLAIN),
        )
        return keep_up(backups, self._notice().show)

    def _stamping(self, authority: Authority) -> Work:
        from bench.upkeep.stamping import Stamping  # noqa: PLC0415 - where there is an authority

        stamping = Stamping(
            authority,
            self._ledger,
            self._clock,
            self._notice(),
            self._connect,
            witnessed=bool(self._plan.witnesses),
        )
        return stamping.follow(self._rhythm)

    def _notice(self) -> Notice:
        return Notice(self._post)
