"""Simulated handsets in a process of their own, as benchmarks start them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

Adb = Callable[..., Awaitable[tuple[int, bytes, bytes]]]
ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.usefixtures("adb_port")


@contextmanager
def process(*words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "hardware.simulator", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as running:
        try:
            yield running
        finally:
            running.kill()


def test_a_process_says_where_its_handsets_are_and_what_they_did(adb: Adb) -> None:
    with process("--handsets", "3", "--seconds", "0.1", "--base-serial", "40") as running:
        assert running.stdout is not None
        handsets = json.loads(running.stdout.readline())["handsets"]
        assert [h["serial"] for h in handsets] == ["R58N00040XY", "R58N00041XY", "R58N00042XY"]
        assert all(len(h["imeis"]) == 2 for h in handsets)

        async def use() -> None:
            address = handsets[1]["address"]
            await adb("connect", address)
            _, out, _ = await adb("-s", address, "shell", "getprop ro.serialno")
            assert out == b"R58N00041XY\n"

        asyncio.run(use())
        account = json.loads(running.communicate(timeout=20)[0])["handsets"]
        assert [(h["busy_s"], h["steps"]) for h in account] == [(0, 0), (0.1, 1), (0, 0)]
        assert running.returncode == 0


def test_a_process_can_be_told_to_allow_the_computer(adb: Adb) -> None:
    with process("--handsets", "1", "--secure") as running:
        assert running.stdin is not None
        assert running.stdout is not None
        address = json.loads(running.stdout.readline())["handsets"][0]["address"]

        async def state() -> bytes:
            return (await adb("-s", address, "get-state"))[1]

        async def use() -> None:
            await adb("connect", address)
            assert await state() != b"device\n"
            while await state() != b"device\n":
                assert running.stdin is not None
                running.stdin.write("accept\n")
                running.stdin.flush()
                await asyncio.sleep(0.05)

        asyncio.run(asyncio.wait_for(use(), 30))
        running.communicate(timeout=20)
