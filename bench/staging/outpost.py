"""What a bench has of the centre while it works; a bench by itself has none.

Nothing here waits for the centre: work goes on with what was sent down last.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeAlias

from bench.custody.ledger import Ledger
from bench.identity.identifiers import Imei, SerialNumber
from bench.ports import CentralInventory, Watcher
from bench.staging.recognition import Elsewhere
from bench.staging.tags import TagBlocks


class Outpost(CentralInventory, Watcher, Elsewhere, TagBlocks, Protocol):
    """The exchange with the centre, and what the centre sent down."""

    def wake(self) -> None:
        """Know that something was committed, and waits to be sent."""
        ...


OpenOutpost: TypeAlias = "Callable[[Ledger], AbstractAsyncContextManager[Outpost | None]]"
"""Opens what a bench has of the centre, before anything else is asked of its record."""


@asynccontextmanager
async def by_itself(_: Ledger) -> AsyncIterator[Outpost | None]:
    """Have no centre."""
    yield None


class Either:
    """The port `Elsewhere` of a bench that knows other handsets from two sources."""

    def __init__(self, first: Elsewhere, second: Elsewhere) -> None:
        self._first, self._second = first, second

    def other_than(self, imeis: Sequence[Imei], serial: SerialNumber) -> str:
        """Return what the first says, or the second."""
        return self._first.other_than(imeis, serial) or self._second.other_than(imeis, serial)
