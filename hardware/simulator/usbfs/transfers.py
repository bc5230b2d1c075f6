"""The transfers that one open node has asked for, from submitted to reaped. No I/O."""

from __future__ import annotations

import errno
from collections import deque

from hardware.simulator.usbfs.pipes import Pipes
from hardware.simulator.usbfs.usbdevfs import Reaped, Urb


class Transfers:
    """What is under way and what is over, in the order in which it ended."""

    def __init__(self, pipes: Pipes) -> None:
        self._pipes = pipes
        self._incoming: deque[Urb] = deque()
        self._held: deque[Urb] = deque()
        self._over: deque[Reaped] = deque()

    def ask(self, urb: Urb) -> None:
        """Begin a transfer to the computer."""
        self._incoming.append(urb)

    def bring(self, urb: Urb, data: bytes) -> None:
        """Take a transfer to the handset; it is over once the handset keeps up."""
        if data:  # none: the packet that ends what is a multiple of the endpoint's size
            self._pipes.put(data)
        self._held.append(urb)

    def discard(self, address: int) -> bool:
        """Give a transfer up; it ends as not done. False when there is no such."""
        for waiting in (self._incoming, self._held):
            for urb in waiting:
                if urb.address == address:
                    waiting.remove(urb)
                    self._over.append(Reaped(urb, status=-errno.ENOENT))
                    return True
        return False

    def reap(self) -> Reaped | None:
        """Return a transfer that is over, if any."""
        self._settle()
        return self._over.popleft() if self._over else None

    def _settle(self) -> None:
        while self._held and self._pipes.has_room:
            urb = self._held.popleft()
            self._over.append(Reaped(urb, moved=urb.length))
        while self._incoming and (data := self._pipes.take(self._incoming[0].length)) is not None:
            self._over.append(Reaped(self._incoming.popleft(), moved=len(data), data=data))
