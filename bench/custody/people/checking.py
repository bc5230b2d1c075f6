"""A PIN checked from end to end: counted, checked in another thread, settled; on the bench's loop.

Cancelled in between, the try stays counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from bench.custody.entries import Appended, Entry
from bench.custody.people import pin, tries
from bench.custody.people.pin import Pin
from bench.custody.people.roster import TRIES
from bench.custody.people.sign_in import Locked, PinChecked
from bench.custody.people.tries import Try

if TYPE_CHECKING:
    import sqlite3


class Append(Protocol):
    """`Ledger.append`, as far as it is needed here: by the bench itself."""

    def __call__(
        self,
        entries: Sequence[Entry],
        *,
        besides: Callable[[sqlite3.Connection], None] | None = None,
    ) -> tuple[Appended, ...]:
        """Write the entries, and what is beside them, in one transaction."""
        ...


async def check_pin(
    append: Append, person: str, typed: str, pepper: bytes, clock: Callable[[], float]
) -> PinChecked | Locked:
    """Return the fact for the session; `clock` gives monotonic seconds.

    Raises `ProblemError` as `tries.begin` does.
    """
    begun = _begin(append, person)
    is_right = await asyncio.to_thread(pin.check, begun.encoded, typed, pepper)
    renewed = None
    if is_right and pin.is_outdated(begun.encoded):
        renewed = await asyncio.to_thread(pin.encode, Pin(typed), pepper)
    change = tries.settle(begun, is_right=is_right, renewed=renewed)
    append(change.entries, besides=change.write)
    if not is_right and tries.left(begun.who) == 0:
        return Locked(person)
    left = TRIES if is_right else tries.left(begun.who)
    return PinChecked(person, is_right, left, clock())


def _begin(append: Append, person: str) -> Try:
    begun: list[Try] = []
    append((), besides=lambda connection: begun.append(tries.begin(connection, person)))
    return begun[0]
