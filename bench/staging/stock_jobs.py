"""Work behind the desks: one job at a time, each on a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from bench.events.desks import JobEnded, JobProgressed
from bench.ports import Post
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.desk.turns import Job, JobCancelledError

_EVERY = 0.1
"""Seconds between two facts that say nothing but how far a job is."""
_STOPPED = Problem(ProblemCode.JOB_FAILED, detail="it was stopped")


class StockJobs:
    """Begins jobs and posts what becomes of them. All methods are for the bench's loop."""

    def __init__(self) -> None:
        self._asked: asyncio.Queue[tuple[int, Job, threading.Event]] = asyncio.Queue()
        self._stop = threading.Event()
        self._ticket = 0

    def begin(self, job: Job) -> int:
        """Have a job done after those before it; return its ticket."""
        self._ticket += 1
        self._stop = threading.Event()
        self._asked.put_nowait((self._ticket, job, self._stop))
        return self._ticket

    def cancel(self) -> None:
        """Stop the job that was begun last; it ends as soon as it looks."""
        self._stop.set()

    async def work(self, post: Post) -> None:
        """Do jobs until cancelled; the one under way is stopped and waited for."""
        while True:
            ticket, job, stop = await self._asked.get()
            post(await self._done(ticket, job, stop, post))

    async def _done(self, ticket: int, job: Job, stop: threading.Event, post: Post) -> JobEnded:
        tell = _throttled(asyncio.get_running_loop(), ticket, post)
        work = asyncio.ensure_future(asyncio.to_thread(job.work, tell, stop.is_set))
        try:
            return JobEnded(ticket, await asyncio.shield(work))
        except ProblemError as error:
            return JobEnded(ticket, problem=error.problem)
        except JobCancelledError:
            return JobEnded(ticket, problem=_STOPPED)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait({work})
            work.cancelled() or work.exception()
            raise


def _throttled(loop: asyncio.AbstractEventLoop, ticket: int, post: Post) -> Callable[[float], None]:
    """Return what a job's thread tells how far it is; most of it is for nobody to see."""
    last = 0.0

    def tell(share: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY:
            last = now
            loop.call_soon_threadsafe(post, JobProgressed(ticket, share))

    return tell
