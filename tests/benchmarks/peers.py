"""What stands around a bench that is measured, each in a process of its own.

A peer that shared the measured process would be measured with it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_COMPLAINT = 4000
"""Characters shown of what a measurement that failed complained of."""


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
def handsets(count: int, seconds: float | None = None, first: int = 1) -> Iterator[Peer]:
    """Serve so many simulated handsets, numbered on; each worked service takes `seconds`."""
    words = ["--handsets", str(count), "--base-serial", str(first)]
    if seconds is not None:
        words += ["--seconds", str(seconds)]
    with peer("hardware.simulator", *words) as served:
        yield served


@contextmanager
def label_printer() -> Iterator[Peer]:
    """Serve a simulated label printer."""
    with peer("tests.benchmarks.printer") as served:
        yield served


@dataclass(frozen=True)
class Lab:
    """Where measurements run: fresh processes with the settings of an installed program."""

    environment: dict[str, str]

    @classmethod
    @contextmanager
    def open(cls, platform: str = "offscreen") -> Iterator[Lab]:
        """Set up for one Qt platform; `xcb` gets a display of its own.

        Modules are loaded compiled, as an installation has them, and nothing of a person's own
        settings is read.
        """
        with tempfile.TemporaryDirectory(prefix="staging-bench-lab-") as folder:
            environment = {k: v for k, v in os.environ.items() if k not in _NOT_OURS} | {
                "QT_QPA_PLATFORM": platform,
                "PYTHONPYCACHEPREFIX": f"{folder}/compiled",
                "XDG_STATE_HOME": f"{folder}/state",
                "XDG_CONFIG_HOME": f"{folder}/config",
            }
            with _display() if platform == "xcb" else nullcontext("") as display:
                yield cls(environment | {"DISPLAY": display})

    def run(self, module: str, *words: str) -> Any:
        """Run a module of this package; return the last line it prints, read as JSON."""
        return json.loads(self.told(f"tests.benchmarks.{module}", *words).splitlines()[-1])

    def told(self, module: str, *words: str) -> str:
        """Run a module to its end and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT, env=self.environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE if self._is_chatty else None,
        )  # fmt: skip
        if done.returncode:
            sys.stderr.write((done.stderr or "")[-_COMPLAINT:])
            done.check_returncode()
        return done.stdout.strip()

    @property
    def _is_chatty(self) -> bool:
        """Whether the platform complains of what it cannot do."""
        return self.environment["QT_QPA_PLATFORM"] == "offscreen"


_NOT_OURS = frozenset({"PYTHONDONTWRITEBYTECODE", "WAYLAND_DISPLAY", "DISPLAY"})


def has_display() -> bool:
    """Whether a virtual display can be had."""
    return shutil.which("Xvfb") is not None


@contextmanager
def _display() -> Iterator[str]:
    receive, send = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(send), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
        pass_fds=[send], stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        os.close(send)
        try:
            with os.fdopen(receive) as number:
                yield f":{number.readline().strip()}"
        finally:
            process.terminate()
