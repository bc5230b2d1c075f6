"""Benches that are killed while they append: what each of them had said was on the disk."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, takewhile
from pathlib import Path
from typing import IO

from tests.bench.custody.record import ROOT, program


class Benches:
    """Started by one program, one at a time; each is a process of its own."""

    def __init__(self, told: IO[str], said: IO[str]) -> None:
        self._told = told
        self._said = said

    def kill_while_appending(self, folder: Path, rng: random.Random) -> list[str]:
        """Kill a bench at a random moment; return what it said: number and hash of each event."""
        self._told.write(f"{folder}\n")
        self._told.flush()
        started, _, process = self._said.readline().partition(" ")
        assert started == "started"
        said = takewhile(lambda line: not line.startswith("ended"), self._said)
        acknowledged = list(islice(said, rng.randint(0, 40)))
        time.sleep(rng.random() / 200)
        os.kill(int(process), signal.SIGKILL)
        while not (line := self._said.readline()).startswith("ended"):
            acknowledged.append(line)
        assert line == f"ended -{signal.SIGKILL}\n"
        return acknowledged


@contextmanager
def benches(tidy: int = 10) -> Iterator[Benches]:
    """Have benches at hand, none of them at work yet; each tidies after so many appends."""
    command = program("faults.append_until_killed", tidy)
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdin is not None
        assert starter.stdout is not None
        yield Benches(starter.stdin, starter.stdout)
        starter.stdin.close()
    assert starter.returncode == 0
