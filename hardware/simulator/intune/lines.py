"""TLS connections on a bound socket, each of which is ended when it is closed.

A listener of the loop's own forgets whoever is just connecting when it closes: they would wait
for an answer for as long as their patience lasts.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

_HANDSHAKE_S = 10.0
_GOODBYE_S = 1.0


class Lines:
    """Takes connections until it is closed; `protocol` makes what each is given to."""

    def __init__(
        self,
        listening: socket.socket,
        context: ssl.SSLContext,
        protocol: Callable[[], asyncio.Protocol],
    ) -> None:
        self._listening = listening
        self._context = context
        self._protocol = protocol
        self._tasks: set[asyncio.Task[None]] = set()
        self._taken: set[socket.socket] = set()
        """Accepted, and not yet given to a transport that would close them."""

    def open(self) -> None:
        """Take connections from now on."""
        self._listening.setblocking(False)  # noqa: FBT003 - the library's own signature
        self._listening.listen(128)
        self._keep(asyncio.create_task(self._take()))

    async def close(self) -> None:
        """Take no more, and end those that have not got through yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in self._taken:
            line.close()

    async def _take(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            line, _ = await loop.sock_accept(self._listening)
            self._taken.add(line)
            self._keep(asyncio.create_task(self._greet(line)))

    async def _greet(self, line: socket.socket) -> None:
        self._taken.discard(line)
        with suppress(OSError):  # whoever it was does not trust the certificate, or has gone
            await asyncio.get_running_loop().connect_accepted_socket(
                self._protocol, line, ssl=self._context, ssl_handshake_timeout=_HANDSHAKE_S,
                ssl_shutdown_timeout=_GOODBYE_S,
            )  # fmt: skip

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
