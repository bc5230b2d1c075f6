"""A way to the store on which lines are cut, each after so many bytes as chance has it."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

_CHUNK = 16_384


class Shears:
    """A port on 127.0.0.1 that leads to `port`; on average a line carries `mean` bytes."""

    def __init__(self, port: int, mean: float, seed: int) -> None:
        self._to = port
        self._mean = mean
        self._random = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.port = 0
        self.cuts = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()
        self._loop.close()

    def _work(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._line, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ended.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _line(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        left = self._random.expovariate(1 / self._mean)

        def carried(count: int) -> bool:
            nonlocal left
            left -= count
            return left > 0

        try:
            far, to_far = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            to_near.transport.abort()
            return
        ways = ((near, to_far), (far, to_near))
        tasks = [asyncio.create_task(_carry(*way, carried)) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            self.cuts += left <= 0
        finally:
            for task in tasks:
                task.cancel()
            for end in (to_near, to_far):
                end.transport.abort()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _carry(
    source: asyncio.StreamReader, to: asyncio.StreamWriter, carried: Callable[[int], bool]
) -> None:
    """Carry until the line ends or is to be cut: what was read last may or may not arrive."""
    with suppress(OSError):
        while content := await source.read(_CHUNK):
            whole = carried(len(content))
            to.write(content)
            await to.drain()
            if not whole:
                return
