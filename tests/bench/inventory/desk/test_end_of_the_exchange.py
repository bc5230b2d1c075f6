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
            "if os.fork() == 0: time.sleep(600)\nstands('waiting', os.getpid())" + STAYS,
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
    assert not is_running(room.views[0].waiting)
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
