"""Telling systemd how it goes: sd_notify(3), a datagram to the socket that it names."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from contextlib import suppress


class Notifier:
    """Tells whoever started the program; nobody where it was not systemd."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        said = environment.get("WATCHDOG_USEC", "")
        self._watched = int(said) / 1_000_000 if said.isascii() and said.isdigit() else 0.0

    def ready(self) -> None:
        """Say that it has begun to serve."""
        self._tell("READY=1")

    def stopping(self) -> None:
        """Say that it ends."""
        self._tell("STOPPING=1")

    async def keep_alive(self, ended: asyncio.Event) -> None:
        """Say twice in each of the watchdog's times that the loop still turns, until `ended`."""
        while self._watched and not ended.is_set():
            self._tell("WATCHDOG=1")
            with suppress(TimeoutError):
                async with asyncio.timeout(self._watched / 2):
                    await ended.wait()

    def _tell(self, what: str) -> None:
        if not self._address.startswith(("/", "@")):
            return
        address = f"\0{self._address[1:]}" if self._address[0] == "@" else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)  # noqa: FBT003 - the standard library's call
            line.sendto(what.encode(), address)
