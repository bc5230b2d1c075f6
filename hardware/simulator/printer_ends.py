"""How a simulated printer is reached: a loopback socket, or the far end of a device."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, Self, TypeAlias

Answer: TypeAlias = Callable[[bytes], None]


class Session(Protocol):
    """One connection, as the printer sees it."""

    def receive(self, data: bytes) -> bool:
        """Take bytes; False when the printer drops the line now."""
        ...

    def end(self) -> None:
        """The far end hung up."""
        ...


class Machine(Protocol):
    """A printer without a line."""

    def session(self, answer: Answer) -> Session:
        """Begin a connection; `answer` is what to say anything with."""
        ...

    def forget(self) -> None:
        """Lose what was not printed: it was switched off."""
        ...


class TcpEnd:
    """A machine on a port of the loopback that it keeps while it is switched off.

    With `one_line`, a second connection at the same time is dropped, as some printers do.
    """

    def __init__(self, machine: Machine, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.one_line = False
        self._machine = machine
        self._server: asyncio.Server | None = None
        self._place: socket.socket | None = None
        """Bound and never listening: nobody else is given the port while the printer is off."""
        self._lines: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def __aenter__(self) -> Self:
        self._place = socket.socket()
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind((self.host, self.port))
        self.port = self._place.getsockname()[1]
        await self.switch_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.switch_off()
        assert self._place is not None, "it was entered"
        self._place.close()

    async def switch_on(self) -> None:
        """Take connections, always on the same port."""
        self._server = await asyncio.start_server(self._serve, self.host, self.port)

    async def switch_off(self) -> None:
        """Drop every connection and take no more."""
        own = asyncio.current_task()
        self.stop_listening()
        self._machine.forget()
        tasks = [task for task in self._lines.values() if task not in {None, own}]
        for writer in self._lines:
            writer.transport.abort()
        await asyncio.gather(*(task for task in tasks if task is not None))

    def stop_listening(self) -> None:
        """Take no more connections; those that stand go on."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.one_line and self._lines:
            writer.transport.abort()
            return
        self._lines[writer] = asyncio.current_task()
        session = self._machine.session(writer.write)
        try:
            while data := await reader.read(65536):
                if not session.receive(data):
                    writer.transport.abort()
                    break
                await writer.drain()
        except ConnectionError:
            pass  # the far end, or a fault on demand, dropped the line
        finally:
            session.end()
            writer.close()
            del self._lines[writer]


class DescriptorEnd:
    """A machine behind the far end of a terminal or an emulated device; use as `with`.

    What it says waits here while nobody reads. A line that it drops stays dropped.
    """

    def __init__(self, machine: Machine, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._said = bytearray()
        self._session = machine.session(self._say)

    def __enter__(self) -> Self:
        self._loop.add_reader(self._descriptor, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Listen no more, and say nothing more."""
        if self._descriptor >= 0:
            self._loop.remove_reader(self._descriptor)
            self._loop.remove_writer(self._descriptor)
            self._session.end()
            self._descriptor = -1

    def _receive(self) -> None:
        data = b""
        with suppress(BlockingIOError):
            try:
                data = os.read(self._descriptor, 65536)
            except OSError:  # EIO: nobody has the device open just now
                self._wait_for_somebody()
                return
        if data and not self._session.receive(data):
            self.leave()

    def _wait_for_somebody(self) -> None:
        """A terminal that nobody has open is always ready to say so: look now and then."""
        descriptor = self._descriptor
        self._loop.remove_reader(descriptor)

        def look_again() -> None:
            if self._descriptor == descriptor:
                self._loop.add_reader(descriptor, self._receive)

        self._loop.call_later(0.01, look_again)

    def _say(self, data: bytes) -> None:
        self._said += data
        self._write()

    def _write(self) -> None:
        if self._descriptor < 0:
            return
        with suppress(OSError):
            del self._said[: os.write(self._descriptor, self._said)]
        self._loop.remove_writer(self._descriptor)
        if self._said:
            self._loop.add_writer(self._descriptor, self._write)
