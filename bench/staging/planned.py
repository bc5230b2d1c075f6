"""What the book says of the roll-out, where the station has to know it: the port `Planned`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

from bench.stock.book.book import Book
from bench.stock.licences.queries import bought

_CORE = "SELECT capacity, in_service FROM programme WHERE capacity > 0"
_FLEET = "SELECT uid FROM counted WHERE source = 'fleet' AND undone = 0"


class PlannedByBook:
    """Asks the book of a bench, on its loop; `today` is the day licences are counted for."""

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self._today = today

    def pools(self) -> Mapping[str, int]:
        """Return how many of each pool may be used today, for the pools that were bought."""
        return bought(self._book.connection, self._today())

    def core(self) -> tuple[int, int] | None:
        """Return the capacity of the core and how many are in service, as the programme says."""
        found: tuple[int, int] | None = self._book.connection.execute(_CORE).fetchone()
        return found

    def fleet(self) -> Collection[str]:
        """Return the handsets of the earlier fleet that were counted in."""
        return {uid for (uid,) in self._book.connection.execute(_FLEET)}
