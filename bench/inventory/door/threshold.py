"""The socket that listens, which turns away whoever may not come in before TLS is spoken.

asyncio tells a protocol of its peer only after the handshake, when it is too late to count.
"""

from __future__ import annotations

import socket
from typing import Any

from bench.inventory.door.guests import Guests

_BEFORE_OTHERS = 100
"""Connections that are turned away one after another before the loop turns."""


class Threshold(socket.socket):
    """Takes the place of a socket that listens; that one is not used any more."""

    def __init__(self, listening: socket.socket, guests: Guests) -> None:
        family, kind, protocol = listening.family, listening.type, listening.proto
        super().__init__(family, kind, protocol, fileno=listening.detach())
        self._guests = guests

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection that may stay; it leaves when it is closed."""
        for _ in range(_BEFORE_OTHERS):
            connection, address = super().accept()
            if self._guests.admit(address[:2]):
                return _Guest(connection, address[:2], self._guests), address
            connection.close()
        raise BlockingIOError  # there may be more: asyncio comes again when it did other things


class _Guest(socket.socket):
    def __init__(self, connection: socket.socket, peer: tuple[str, int], guests: Guests) -> None:
        family, kind, protocol = connection.family, connection.type, connection.proto
        super().__init__(family, kind, protocol, fileno=connection.detach())
        self._peer = peer
        self._guests = guests

    def close(self) -> None:
        """Hang up, and leave."""
        super().close()
        self._guests.leave(self._peer)
