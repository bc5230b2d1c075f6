"""Reads sysfs beside the loop: in one thread, each time with a deadline.

A read can wait for a device's lock while the kernel resets that device, and has no descriptor that
says when it may go on. One that hangs holds up later reads, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

DEADLINE = 3.0

Found = TypeVar("Found")


class Reading:
    """`with Reading() as reading:` the thread lives as long as the block."""

    def __init__(self, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sysfs")
        self._is_free: Callable[[], bool] = lambda: True

    async def read(self, work: Callable[[], Found]) -> Found | None:
        """Return what `work` returns, or None when it, or one before it, takes too long."""
        if not self._is_free():
            return None
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        self._is_free = future.done
        done, _ = await asyncio.wait([future], timeout=self._deadline)
        return future.result() if done else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
