"""Whether a handset that is plugged in shows itself on USB: one that starts anew does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

Moved: TypeAlias = Callable[[bool], Awaitable[None]]
"""Told that a handset has come onto the bus (True) or left it."""


class BusPresence:
    """A handset's own side of its plug; the port it is plugged into, if any, is told of changes."""

    def __init__(self) -> None:
        self.is_there = True
        self.port: Moved | None = None

    async def leave(self) -> None:
        """Be off the bus, though plugged in."""
        await self._be(is_there=False)

    async def come_back(self) -> None:
        """Be on the bus again."""
        await self._be(is_there=True)

    async def _be(self, *, is_there: bool) -> None:
        if self.is_there is is_there:
            return
        self.is_there = is_there
        if self.port is not None:
            await self.port(is_there)
