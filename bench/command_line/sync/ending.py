"""How an exchange is told to end: by SIGTERM or Ctrl+C, after what is under way."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ending(end: Callable[[], None]) -> Iterator[None]:
    """Have the first SIGTERM or Ctrl+C call `end`, and the second end everything at once."""
    times = 0

    def signalled(_number: int, _frame: FrameType | None) -> None:
        nonlocal times
        times += 1
        if times > 1:
            raise KeyboardInterrupt
        end()

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, signalled) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
