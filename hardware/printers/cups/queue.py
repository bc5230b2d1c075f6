"""One queue of CUPS, by its own programs: `lp`, `cancel`, and `ipptool` for how a job ended."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from bench.identity.plain import plain
from bench.ports import PrintDoubtfulError
from bench.problems import Problem, ProblemCode, ProblemError
from hardware.printers.cups.answers import (
    JobState,
    QueueState,
    UnreadableError,
    read_job,
    read_queue,
)
from hardware.printers.cups.document import Document
from hardware.programs import Ended, ProgramMissingError, run

_QUESTIONS = Path(__file__).parent
_SERVER = "localhost:631"


class CupsQueue:
    """A queue by its name; `server` is `host:port`, by default this computer's own.

    `deadline` bounds each program in seconds, `forget_after` is when CUPS itself cancels a job that
    nobody asks for any more, so that none comes out long after the bench was ended.
    """

    def __init__(
        self, name: str, server: str | None, where: str, deadline: float, forget_after: int
    ) -> None:
        self._name = name
        self._where = where
        self._deadline = deadline
        self._forget_after = forget_after
        self._uri = f"ipp://{server or _SERVER}/printers/{quote(name, safe='')}"
        self._on_server = ("-h", server) if server else ()

    async def submit(self, document: Document) -> int:
        """Queue a document, return the job's number; refused: `ProblemError`.

        `PrintDoubtfulError` where CUPS did not say whether it took the job.
        """
        options = (*document.options, f"job-cancel-after={self._forget_after}")
        words = ["-d", self._name, "-t", "label", *(w for o in options for w in ("-o", o))]
        try:
            ended = await self._run("lp", *self._on_server, *words, stdin=document.data)
        except TimeoutError as error:
            raise PrintDoubtfulError(f"{self._where}: CUPS did not answer a job.") from error
        number = re.match(rb"request id is .*-([0-9]{1,9}) \(", ended.out)
        if ended.code or not number:
            raise ProblemError(await self._refusal(ended))
        return int(number[1])

    async def state(self) -> QueueState | None:
        """Return its state, or None if there is no such queue; CUPS not there: `ProblemError`."""
        try:
            return read_queue(await self._asked("queue.test"))
        except UnreadableError as error:
            raise ProblemError(self._unreachable(str(error))) from error

    async def job(self, number: int) -> JobState | None:
        """Return a job's state, or None if CUPS has forgotten it; else as `state`."""
        try:
            return read_job(await self._asked("job.test", "-d", f"job={number}"))
        except UnreadableError as error:
            raise ProblemError(self._unreachable(str(error))) from error

    async def cancel(self, number: int) -> None:
        """Take a job back, whatever it has come to; `ProblemError` if CUPS is not there."""
        try:
            await self._run("cancel", *self._on_server, f"{self._name}-{number}")
        except TimeoutError as error:
            raise ProblemError(self._unreachable("no answer")) from error

    async def _asked(self, question: str, *words: str) -> bytes:
        """An answer of IPP; without one, the program says why on its error output."""
        try:
            path = str(_QUESTIONS / question)
            ended = await self._run("ipptool", "-X", *words, self._uri, path)
        except TimeoutError as error:
            raise ProblemError(self._unreachable("no answer")) from error
        if ended.code:
            raise ProblemError(self._unreachable(ended.err.removeprefix("ipptool: ")))
        return ended.out

    async def _run(self, *words: str, stdin: bytes = b"") -> Ended:
        try:
            return await run(*words, stdin=stdin, deadline=self._deadline)
        except ProgramMissingError as error:
            problem = Problem(ProblemCode.CUPS_MISSING, self._where, f"{words[0]} is missing")
            raise ProblemError(problem) from error

    async def _refusal(self, ended: Ended) -> Problem:
        """What the queue's state explains is said so; else CUPS's own words."""
        if await self.state() is None:
            return Problem(ProblemCode.QUEUE_UNKNOWN, self._where)
        words = plain(ended.err.removeprefix("lp: ").removeprefix("Error - "))
        return Problem(ProblemCode.QUEUE_CLOSED, self._where, words)

    def _unreachable(self, why: str) -> Problem:
        return Problem(ProblemCode.CUPS_UNREACHABLE, self._where, plain(why))
