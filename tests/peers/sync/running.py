"""The command as another program runs it."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.events.central import CentreState
from bench.inventory.sync.lines import (
    Answered,
    Said,
    Stands,
    Unanswered,
    Wanted,
    read_said,
    wanted_line,
)
from tests.peers.sync.sync_room import BenchRoom


def fork(bench: BenchRoom) -> None:
    """Let the record go back to what it was, and on from there otherwise."""
    before = bench.record.read_bytes()
    bench.record_events(3)
    bench.sync()
    for each in bench.folder.glob("ledger.db-*"):
        each.unlink()
    bench.record.write_bytes(before)
    bench.record_events(2)


@contextmanager
def running(words: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()
            with suppress(OSError):
                process.wait(20)


def is_deaf(process: subprocess.Popen[bytes]) -> bool:
    """Whether it does not handle SIGTERM yet (proc(5): SigCgt)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return not int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1


def until(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it does not come")


class Follower:
    """The command as the window runs it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.said: list[Said] = []

    def want(self, wanted: Wanted) -> None:
        assert self._process.stdin
        self._process.stdin.write(wanted_line(wanted).encode())
        self._process.stdin.flush()

    def mumble(self, line: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def until(self, wanted: Callable[[Said], bool]) -> Said:
        """Listen until something is said that is wanted; return it."""
        assert self._process.stdout
        while line := self._process.stdout.readline():
            self.said.append(read_said(line.decode()))
            if wanted(self.said[-1]):
                return self.said[-1]
        raise AssertionError(f"it ended; it had said {self.said}")

    def until_state(self, state: CentreState, waiting: int | None = 0) -> Stands:
        def stands(said: Said) -> bool:
            match said:
                case Stands(view):
                    return view.state is state and view.waiting == waiting
            return False

        found = self.until(stands)
        assert isinstance(found, Stands)
        return found

    def answer(self, number: int) -> Answered | Unanswered:
        def answers(said: Said) -> bool:
            return isinstance(said, Answered | Unanswered) and said.number == number

        found = self.until(answers)
        assert isinstance(found, Answered | Unanswered)
        return found


@contextmanager
def following(bench: BenchRoom, **central: Any) -> Iterator[Follower]:
    """Let the record be followed; the input's end ends it, and with 0."""
    words = bench.words("--follow", "--json-lines", **{"interval": 3600, **central})
    with running(words) as process:
        yield Follower(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(20) == 0
