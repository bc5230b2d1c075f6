"""The label printer's queue: one label at a time, waiting for the printer as long as it takes.

A printer that is off, open or out of labels is a problem of the bench, shown once and cleared by
itself; the handsets whose labels wait are not held for it. Some printers know what keeps them from
printing only once they are given a label: what they say then stands until they have taken one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.events.device import ProblemCleared, ProblemRaised
from bench.events.orders import PrintLabel
from bench.events.work import LabelDoubtful, LabelPrinted
from bench.labels.content import LabelContent
from bench.labels.render import render
from bench.labels.template import LabelTemplate
from bench.ports import Bitmap, LabelPrinter, Post, PrintDoubtfulError
from bench.problems import Problem, ProblemError

_ASK_AGAIN = 1.0
"""Seconds between two questions to a printer that is not ready, or refused a label."""


_NO_OTHERS: Mapping[str, LabelTemplate] = {}


@dataclass(frozen=True, eq=False)
class Job:
    """A label that waits: the order, and the picture that is being drawn meanwhile."""

    order: PrintLabel
    picture: asyncio.Future[Bitmap]


class LabelDesk:
    """Prints the labels asked for, in order. On the bench's loop.

    `templates` are those of single profiles, by their fingerprint. Pictures are drawn on one thread
    beside it, while the printer is busy with the label before.
    """

    def __init__(
        self,
        printer: LabelPrinter,
        template: LabelTemplate,
        templates: Mapping[str, LabelTemplate] = _NO_OTHERS,
        *,
        simulated: bool,
    ) -> None:
        self._printer = printer
        self._template = template
        self._templates = templates
        self._simulated = simulated
        self._drawing = ThreadPoolExecutor(1, "labels")
        self._waiting: dict[str, Job] = {}
        self._something_waits = asyncio.Event()
        self._standing: Problem | None = None
        self._was_refused = False

    def print(self, order: PrintLabel) -> None:
        """Queue a label; a newer one for the same run takes the older one's place."""
        loop = asyncio.get_running_loop()
        picture = loop.run_in_executor(self._drawing, self._render, order)
        self._waiting[order.run] = Job(order, picture)
        self._something_waits.set()

    def cancel(self, run: str) -> None:
        """Forget a label; one that is being sent now is not called back."""
        self._waiting.pop(run, None)

    async def work(self, post: Post) -> None:
        """Print until cancelled."""
        with self._drawing:
            while True:
                await self._something_waits.wait()
                await self._until_ready(post)
                await self._print_all(post)
                if self._was_refused:
                    await asyncio.sleep(_ASK_AGAIN)
                elif not self._waiting:
                    self._something_waits.clear()

    async def _until_ready(self, post: Post) -> None:
        while (trouble := await self._printer.trouble()) is not None:
            self._was_refused = self._was_refused and trouble == self._standing
            self._stand(trouble, post)
            await asyncio.sleep(_ASK_AGAIN)
        if not (self._was_refused and self._waiting):
            self._is_well(post)

    async def _print_all(self, post: Post) -> None:
        """Print while labels wait; a printer that has just printed is not asked if it can."""
        while self._waiting and await self._print(next(iter(self._waiting.values())), post):
            pass

    async def _print(self, job: Job, post: Post) -> bool:
        """Print one, return whether it was taken; it waits until it is known what became of it."""
        order = job.order
        fact: LabelPrinted | LabelDoubtful = LabelPrinted(order.run, order.ticket)
        try:
            await self._printer.print(await job.picture)
        except PrintDoubtfulError:
            fact = LabelDoubtful(order.run, order.ticket)
        except ProblemError as error:
            self._was_refused = True
            self._stand(error.problem, post)
            return False
        self._finish(job)
        self._is_well(post)
        post(fact)
        return True

    def _finish(self, job: Job) -> None:
        """Take it off, unless it was cancelled or replaced by a newer one meanwhile."""
        if self._waiting.get(job.order.run) is job:
            del self._waiting[job.order.run]

    def _render(self, order: PrintLabel) -> Bitmap:
        content = LabelContent(
            asset_tag=order.asset_tag,
            model=order.model,
            imei_tail=order.imei.tail,
            copy=order.copy,
            simulated=self._simulated,
        )
        return render(self._templates.get(order.profile, self._template), content)

    def _is_well(self, post: Post) -> None:
        self._was_refused = False
        self._stand(None, post)

    def _stand(self, problem: Problem | None, post: Post) -> None:
        """Let one problem of the printer stand at a time, and say when it is over."""
        if problem == self._standing:
            return
        if self._standing:
            post(ProblemCleared(self._standing.code, self._standing.where))
        if problem:
            post(ProblemRaised(problem))
        self._standing = problem
