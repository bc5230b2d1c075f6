"""A modem port, open for this program alone.

Opening and closing one talks to the handset by control transfers, which have no descriptor to wait
on and last for seconds where it does not answer; therefore both run in a thread, with a deadline.
What overruns it goes on in its thread, and nobody waits for it.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import termios
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager, suppress
from functools import partial

from serial import Serial, SerialException

_BAUD = 115200
_CHUNK = 4096


@asynccontextmanager
async def opened(node: str, limit: float, threads: Executor | None = None) -> AsyncIterator[Port]:
    """Open a modem port for as long as the block lasts; `OSError` says why it cannot be.

    115200 8N1, DTR and RTS asserted, raw and without echo. `EBUSY`: another program has it;
    `ETIMEDOUT`: it did not open within `limit` seconds, which closing is waited for as well.
    `threads` bear both; None: those of the loop.
    """
    port = await _opened(node, limit, threads)
    try:
        yield port
    finally:
        closing = asyncio.get_running_loop().run_in_executor(threads, port.close)
        await asyncio.wait([closing], timeout=limit)


class Port:
    """An open modem port, to be read; writing to it is the allowlist's."""

    def __init__(self, node: str) -> None:
        try:
            self._serial = Serial(node, _BAUD, exclusive=True, timeout=0, write_timeout=0)
        except SerialException as error:
            raise _plain_error(error.errno) from None
        except termios.error as error:  # what the library lets through
            raise _plain_error(error.args[0]) from None
        with suppress(OSError):  # not every terminal can be kept from others
            fcntl.ioctl(self._serial.fileno(), termios.TIOCEXCL)

    def fileno(self) -> int:
        """Return its descriptor."""
        return int(self._serial.fileno())

    def read(self) -> bytes:
        """Return what has come, b"" when nothing has; `OSError` when the handset is gone."""
        try:
            data = os.read(self.fileno(), _CHUNK)
        except BlockingIOError:
            return b""
        if not data:
            raise OSError(errno.EIO, "hung up")
        return data

    def forget(self) -> None:
        """Drop what has come and was not read: it belongs to no question of ours."""
        with suppress(termios.error):
            termios.tcflush(self.fileno(), termios.TCIFLUSH)

    def close(self) -> None:
        """Close it. What the handset has not taken is dropped; the kernel would wait for it."""
        with suppress(OSError, termios.error):
            termios.tcflush(self.fileno(), termios.TCOFLUSH)
            fcntl.ioctl(self.fileno(), termios.TIOCNXCL)
        with suppress(OSError):
            self._serial.close()


async def _opened(node: str, limit: float, threads: Executor | None) -> Port:
    opening = asyncio.get_running_loop().run_in_executor(threads, Port, node)
    try:
        async with asyncio.timeout(limit):
            return await asyncio.shield(opening)
    except TimeoutError:
        opening.add_done_callback(partial(_close_late, threads))
        raise OSError(errno.ETIMEDOUT, "not opened in time") from None
    except asyncio.CancelledError:
        opening.add_done_callback(partial(_close_late, threads))
        raise


def _close_late(threads: Executor | None, opening: asyncio.Future[Port]) -> None:
    """Close what was opened after nobody waited for it any more."""
    if not opening.cancelled() and opening.exception() is None:
        with suppress(RuntimeError):  # no threads any more: it is closed with the program
            opening.get_loop().run_in_executor(threads, opening.result().close)


def _plain_error(number: int | None) -> OSError:
    """An error by its number alone; a lock that is held is a port that is taken."""
    if number is None:
        return OSError("it is no serial port")
    return OSError(errno.EBUSY if number == errno.EAGAIN else number, os.strerror(number))
