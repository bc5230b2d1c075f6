"""Writes entries one behind the other, within one transaction: the end of the chain in one hand.

The moment is taken once, because what is committed together happened together; the end of the chain
is read once and then known.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from bench.custody import projection, queries
from bench.custody.body import Author, DeviceTail, Tail, compose
from bench.custody.chain import admitted, leaf_hash, spelled
from bench.custody.entries import Appended, Entry, LedgerHeader
from bench.custody.key import BenchKey
from bench.events.orders import CustodyKind
from bench.ports import Moment
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3


class Pen:
    """Good for one transaction; whoever holds it commits or rolls back."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        key: BenchKey,
        header: LedgerHeader,
        author: Author,
        moment: Moment,
    ) -> None:
        self._connection = connection
        self._key = key
        self._header = header
        self._author = author
        self._moment = moment
        self._tail = queries.tail(connection)
        self._device_tails: dict[str, DeviceTail] = {}
        _refuse_backwards(self._moment, self._tail)

    def write(self, entry: Entry) -> Appended:
        """Write one event behind the last, and what follows from it into the tables."""
        if entry.kind is CustodyKind.EPOCH_OPENED and self._tail.seq:
            raise ValueError("An epoch is opened once, by `open`.")
        event_id = str(uuid.uuid4())
        body = admitted(
            compose(
                entry,
                event_id,
                self._moment,
                self._header,
                self._author,
                self._tail,
                self._device_tail(entry),
            )
        )
        text = spelled(body)
        leaf = leaf_hash(text)
        seq = self._tail.seq + 1
        self._connection.execute(
            "INSERT INTO event (seq, body, hash, sig) VALUES (?, ?, ?, ?)",
            (seq, text.decode(), leaf, self._key.sign(leaf)),
        )
        projection.apply(self._connection, body)
        self._move_on(entry, seq, leaf.hex())
        return Appended(seq, leaf, event_id)

    def _device_tail(self, entry: Entry) -> DeviceTail:
        if entry.device is None:
            return DeviceTail()
        known = self._device_tails.get(entry.device.uid)
        return known or queries.device_tail(self._connection, entry.device.uid)

    def _move_on(self, entry: Entry, seq: int, leaf: str) -> None:
        self._tail = Tail(seq, leaf, self._moment.boot, self._moment.mono)
        if entry.device is not None:
            self._device_tails[entry.device.uid] = DeviceTail(seq, leaf)


def _refuse_backwards(moment: Moment, tail: Tail) -> None:
    """Since one boot time never runs backwards, or the record would not verify."""
    if moment.boot == tail.boot and moment.mono < tail.mono:
        detail = "the computer's clock ran backwards: restart it"
        raise ProblemError(Problem(ProblemCode.LEDGER_UNUSABLE, detail=detail))
