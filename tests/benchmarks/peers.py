"""What stands around a bench that is measured, each in a process of its own.

A peer that shared the measured process would be measured with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Peer:
    """A program that says one line of JSON when it is ready and one when its input has ended."""

    process: subprocess.Popen[str]
    introduction: Any
    account: Any = field(default=None)

    def finish(self) -> Any:
        """End it; return what it says of itself in the end."""
        assert self.process.stdin
        assert self.process.stdout
        if self.account is None:
            self.process.stdin.close()
            self.account = json.loads(self.process.stdout.readline())
            self.process.wait()
        return self.account


@contextmanager
def peer(module: str, *words: str) -> Iterator[Peer]:
    """Run a module as a peer; it ends with the block, whatever happened in it."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout
        try:
            yield Peer(process, json.loads(process.stdout.readline()))
        finally:
            process.kill()


@contextmanager
def handsets(count: int, seconds: float | None = None) -> Iterator[Peer]:
    """Serve so many simulated handsets; each worked service of one takes `seconds`."""
    words = ["--handsets", str(count)]
    if seconds is not None:
        words += ["--seconds", str(seconds)]
    with peer("hardware.simulator", *words) as served:
        yield served


@contextmanager
def label_printer() -> Iterator[Peer]:
    """Serve a simulated label printer."""
    with peer("tests.benchmarks.printer") as served:
        yield served


def in_child(module: str, *words: str, prefix: Sequence[str] = (), **environment: str) -> Any:
    """Run a measurement in a fresh process; return the last line it prints, read as JSON.

    `prefix` are words before the interpreter, such as those of a virtual display.
    """
    import os  # noqa: PLC0415

    done = subprocess.run(
        [*prefix, sys.executable, "-m", module, *words],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True, env={**os.environ, **environment},
    )  # fmt: skip
    return json.loads(done.stdout.strip().splitlines()[-1])
