"""The way from a drop into the store: the function that the HTTPS door uses too, and nothing else.

It takes a bench by the serial number of its certificate, which the seal of each file has shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.custody.entries import SealedEvent
from bench.inventory.centre import Answer, Status
from bench.inventory.drop.sealed import UnreadableError

if TYPE_CHECKING:
    import psycopg

_EXCHANGE = """SELECT status, accepted_through, head_hash, stored
  FROM custody.exchange_for(%s::text, %s::numeric, NULL::bytea, %s::integer, %s::bigint,
                            %s::text[], %s::bytea[], '{}'::jsonb)"""


class StoreGate:
    """Gives a store what a bench sent, over a connection of a role in `staging_door`, autocommit.

    `UnreadableError` for events that no database can read; `psycopg.Error` where the store does
    not answer: then it is not known whether they arrived.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def __call__(
        self, bench: str, serial: int, epoch: int, events: Sequence[SealedEvent]
    ) -> Answer:
        """Return what the store answers."""
        import psycopg  # noqa: PLC0415 - only who works with a store loads it

        bodies = [event.body.decode() for event in events]
        sigs = [event.signature for event in events]
        words = (bench, serial, epoch, events[0].seq, bodies, sigs)
        try:
            row = self._connection.execute(_EXCHANGE, words).fetchone()
        except psycopg.DataError:
            # what it says of them may hold them
            raise UnreadableError("the database cannot read its events") from None
        assert row is not None, "a function with OUT parameters returns one row"
        status, through, head, stored = row
        return Answer(Status(status), through, None if head is None else bytes(head), stored or 0)
