"""Bytes that came in and were not yet asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod

from hardware.printers.transports.line import ANSWER_LIMIT


class Inbox:
    """Takes pieces as they come and gives answers out; no I/O."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._searched = 0

    def add(self, data: bytes) -> None:
        """Take a piece."""
        self._bytes += data

    def clear(self) -> None:
        """Forget what was not asked for."""
        self._bytes.clear()
        self._searched = 0

    def until(self, end: bytes) -> bytes | None:
        """Return the bytes up to and with `end`, or None while it has not come.

        Raises:
            EOFError: so much came without it that it is no answer.
        """
        place = self._bytes.find(end, max(0, self._searched - len(end) + 1))
        if place < 0:
            self._searched = len(self._bytes)
            if self._searched > ANSWER_LIMIT:
                raise EOFError("it sends without an end")
            return None
        return self._take(place + len(end))

    def exactly(self, count: int) -> bytes | None:
        """Return `count` bytes, or None while they have not come."""
        return self._take(count) if len(self._bytes) >= count else None

    def _take(self, count: int) -> bytes:
        taken = bytes(self._bytes[:count])
        del self._bytes[:count]
        self._searched = 0
        return taken


class InboxReader(ABC):
    """How every line reads: from its inbox, which it fills as long as an answer is not whole."""

    def __init__(self) -> None:
        self._inbox = Inbox()

    async def read_until(self, end: bytes) -> bytes:
        """Return the next bytes up to and with `end`."""
        while (answer := self._inbox.until(end)) is None:
            await self._fill()
        return answer

    async def read_exactly(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        while (answer := self._inbox.exactly(count)) is None:
            await self._fill()
        return answer

    @abstractmethod
    async def _fill(self) -> None:
        """Wait for a piece and put it into the inbox; `EOFError` when no more will come."""
