"""A display with a window manager, the product's window, and xdotool as scanner and as person."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.wedge import HOLD

ROOT = Path(__file__).parents[3]
LIMIT = 10.0
_TRIES = 30
SCANNER, PERSON = 2, 90
"""Milliseconds between two keys."""


@dataclass(frozen=True)
class Heard:
    """Scans that were posted, what stands in the focused field, and the longest pause in ms."""

    scans: tuple[str, ...]
    field: str
    gap: int


class TypingRoom:
    """Everything in it is a child of the test, ended by `close`."""

    def __init__(self) -> None:
        for program in ("Xvfb", "openbox", "xdotool"):
            assert shutil.which(program), f"install the package that brings {program}"
        self._closing = contextlib.ExitStack()
        self._environment = os.environ | {"DISPLAY": f":{self._display()}"}
        self._start(["openbox"])
        words = [sys.executable, "-m", "tests.peers.wedge.window_child"]
        self._window = self._start(words, QT_QPA_PLATFORM="xcb")
        assert self.told() == ["ready"]
        self.tool("search", "--sync", "--onlyvisible", "--name", "Staging Bench", "windowactivate",
                  "--sync")  # fmt: skip

    def tool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self._environment, check=True, timeout=LIMIT)

    def type(self, text: str, *ends: str, delay: int = SCANNER) -> None:
        """Press the keys of a text one by one, and then those that are named."""
        self.tool(*_typing(text, ends, delay))

    def type_at_once(self, texts: Sequence[str]) -> None:
        """Let several scanners type at the same moment, each with Enter behind it."""
        calls = [["xdotool", *_typing(text, ["Return"], SCANNER)] for text in texts]
        typing = [subprocess.Popen(words, env=self._environment) for words in calls]
        assert [process.wait(LIMIT) for process in typing] == [0] * len(texts)

    def focus_field(self) -> None:
        self._ask("focus")
        assert self.told() == ["focus", "True"]

    def heard(self) -> Heard:
        """What became of the keys since the last time; the field is cleared."""
        self._ask("text")
        scans = []
        while (told := self.told())[0] == "scan":
            scans.append(told[1])
        kind, text, gap = told
        assert kind == "text", told
        return Heard(tuple(scans), text, int(gap))

    def scan(self, text: str, *ends: str) -> Heard:
        """Scan as a scanner does; on a busy machine xdotool pauses as none does: then again."""
        for _ in range(_TRIES):
            self.type(text, *ends)
            heard = self.heard()
            if heard.gap <= HOLD:
                return heard
        raise AssertionError("this machine is too busy to type like a scanner")

    def told(self) -> list[str]:
        assert self._window.stdout is not None
        assert select.select([self._window.stdout], [], [], LIMIT)[0], "the window says nothing"
        told: list[str] = json.loads(self._window.stdout.readline())
        return told

    def close(self) -> None:
        self._closing.close()

    def _ask(self, order: str) -> None:
        assert self._window.stdin is not None
        self._window.stdin.write(f"{order}\n".encode())
        self._window.stdin.flush()

    def _display(self) -> str:
        reading, writing = os.pipe()
        words = [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            "1440x900x24",
            "-nolisten",
            "tcp",
        ]
        server = subprocess.Popen(words, pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        self._closing.callback(_end, server)
        with os.fdopen(reading) as number:
            return number.readline().strip()

    def _start(self, words: list[str], **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            words, cwd=ROOT, env=self._environment | environment, bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._closing.callback(_end, process)
        return process


@contextlib.contextmanager
def typing_room() -> Iterator[TypingRoom]:
    room = TypingRoom()
    try:
        yield room
    finally:
        room.close()


def _typing(text: str, ends: Sequence[str], delay: int) -> list[str]:
    keys = [word for end in ends for word in ("key", "--delay", str(delay), end)]
    return ["type", "--delay", str(delay), "--args", "1", text, *keys]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.communicate(timeout=LIMIT)
