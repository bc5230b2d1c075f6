"""The exchange ends with the bench, however that ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace

import pytest

from tests.bench.inventory.desk.desk_room import (
    QUICK,
    STAYS,
    Room,
    children,
    is_running,
    until,
)


@pytest.mark.parametrize(
    ("program", "signals"),
    [
        ("stands('waiting', os.getpid())" + STAYS, ""),
        (
            (
                "signal.signal(15, lambda *_: (open(LOG, 'a').write('TERM'), os._exit(0)))\n"
                "stands('waiting', os.getpid())\nwhile True: time.sleep(60)"
            ),
            "TERM",
        ),
        (
            (
                "signal.signal(15, lambda *_: open(LOG, 'a').write('TERM'))\n"
                "stands('waiting', os.getpid())\nwhile True: time.sleep(60)"
            ),
            "TERM",
        ),
        (
            "own = os.fork()\nif not own: time.sleep(600)\nstands('waiting', own)" + STAYS,
            "",
        ),
        ("stands('waiting', os.getpid())\nwhile True: print('x' * 1000)", ""),
    ],
    ids=["listens", "ends when told", "does not end", "has a child of its own", "goes on talking"],
)
def test_nothing_is_left_when_the_bench_closes(room: Room, program: str, signals: str) -> None:
    async def scene() -> None:
        async with room.following(room.desk(program, replace(QUICK, ending=0.3))):
            await until(lambda: room.views)

    asyncio.run(scene())
    asyncio.run(until(lambda: not is_running(room.views[0].waiting or 0)))
    assert children() == set()
    log = room.folder / "begun"
    assert (log.read_text() if log.exists() else "") == signals


def test_nothing_is_left_when_the_bench_is_killed(room: Room) -> None:
    """It reads the end of its input; no signal reaches it."""
    child = room.words("stands('waiting', os.getpid())" + STAYS)
    bench = f"""
import asyncio, sys
from bench.clock import SystemClock
from bench.inventory.desk.desk import CentreDesk
def post(fact): print(fact.view.waiting, flush=True)
asyncio.run(CentreDesk({child!r}, SystemClock()).follow(post))
"""

    async def scene() -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", bench, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        pid = int(await process.stdout.readline())
        assert is_running(pid)
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        await until(lambda: not is_running(pid))

    asyncio.run(scene())


def test_it_is_less_important_than_the_bench_and_hears_no_key_pressed_on_its_terminal(
    room: Room,
) -> None:
    """Ctrl+C goes to the bench, which ends it in order."""
    program = "time.sleep(0.2)\nstands('waiting', os.getsid(0), str(os.nice(0)))" + STAYS

    async def scene() -> None:
        async with room.following(room.desk(program)):
            await until(lambda: room.views)

    asyncio.run(scene())
    assert room.views[0].waiting != os.getsid(0)
    assert int(room.views[0].detail) == os.nice(0) + 10
