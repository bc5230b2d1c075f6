"""Shows how an exchange goes: a bar on a terminal, lines anywhere else, JSON where asked for."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from bench.command_line.sync import words
from bench.command_line.sync.manner import Manner
from bench.inventory.sync.lines import Freeze, ReleaseTaken
from bench.inventory.sync.sending import Outcome, Sent
from bench.inventory.sync.site import Session
from bench.inventory.sync.standing import Standing, view_of
from bench.inventory.sync.telling import Teller
from bench.problems import Problem


class Watching(Protocol):
    """Whoever looks on; on the thread of the exchange."""

    def begin(self, has: Session) -> None:
        """An exchange is open."""
        ...

    def show(self, standing: Standing) -> None:
        """It got on."""
        ...

    def warn(self, warnings: tuple[Problem, ...]) -> None:
        """It met what does not stop it and a person should know."""
        ...

    def end(self, sent: Sent, frozen: str) -> None:
        """It is over; `frozen` says what came of freezing the record, "" where that was not due."""
        ...


@contextmanager
def watching(manner: Manner) -> Iterator[Watching]:
    """Return whoever looks on in that manner."""
    match manner:
        case Manner.LINES:
            yield _Lines()
        case Manner.JSON:
            yield _Object()
        case Manner.QUIET:
            yield _Person()
        case Manner.USUAL:
            with _Bar() as bar:
                yield bar


class _Person:
    """Says trouble on standard error, and nothing else."""

    def begin(self, has: Session) -> None:
        if has.set_aside is not None:
            _complain(f"What was kept of the centre was damaged: it is in {has.set_aside.name}.")

    def show(self, standing: Standing) -> None:
        pass

    def warn(self, warnings: tuple[Problem, ...]) -> None:
        for warning in warnings:
            _complain(str(warning))

    def end(self, sent: Sent, frozen: str) -> None:
        if sent.problem is not None:
            _complain(str(sent.problem))
        if frozen:
            _complain(frozen)


class _Bar(_Person):
    """Shows a bar on a terminal besides, and ends with a line on standard output."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._shown = console.is_terminal
        self._progress = Progress(
            TextColumn("{task.completed:.0f} of {task.total:.0f} events"), BarColumn(),
            TimeRemainingColumn(), console=console, transient=True,
        )  # fmt: skip
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._task is not None:
            self._progress.stop()

    def show(self, standing: Standing) -> None:
        total = standing.sent + (standing.waiting or 0)
        if self._task is None and self._shown and standing.waiting:
            self._progress.start()
            self._task = self._progress.add_task("", total=total)
        if self._task is not None:
            self._progress.update(self._task, completed=standing.sent, total=total)

    def end(self, sent: Sent, frozen: str) -> None:
        if self._task is not None:
            self._progress.stop()
        super().end(sent, frozen)
        sys.stdout.write(words.in_words(sent) + "\n")


class _Object(_Person):
    """Ends with one JSON object on standard output."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._warnings: tuple[Problem, ...] = ()

    def warn(self, warnings: tuple[Problem, ...]) -> None:
        self._warnings += warnings

    def end(self, sent: Sent, frozen: str) -> None:
        super().end(sent, frozen)
        took, is_frozen = time.monotonic() - self._began, frozen == words.FROZEN
        found = words.as_object(sent, self._warnings, took, frozen=is_frozen)
        sys.stdout.write(json.dumps(found) + "\n")


class _Lines:
    """Says the lines that a bench reads."""

    def __init__(self) -> None:
        self._teller = Teller(_line, time.monotonic)
        self._has: Session | None = None
        self._warnings: tuple[Problem, ...] = ()

    def begin(self, has: Session) -> None:
        self._has = has

    def show(self, standing: Standing) -> None:
        if self._has is not None:
            self._teller.show(view_of(self._has.step, standing, None))

    def warn(self, warnings: tuple[Problem, ...]) -> None:
        self._warnings += warnings

    def end(self, sent: Sent, frozen: str) -> None:
        self._teller.troubles((*self._warnings, *([sent.problem] if sent.problem else [])))
        if sent.freeze and frozen != words.FROZEN:
            self._teller.say(Freeze(sent.epoch, sent.freeze))
        if sent.release is not None:
            self._teller.say(ReleaseTaken(sent.release))
        if sent.outcome is Outcome.IN_STEP:
            self.show(sent.standing)


def _line(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"staging-bench: {text}\n")
