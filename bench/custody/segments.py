"""A long record is walked in pieces, by as many processes as there are processors.

A walk can be taken up behind any checkpoint: signatures and frontier begin anew there. What a piece
believes of the one before it, that one's result is held against.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bench.custody import checkpoints, queries
from bench.custody.chain import GENESIS
from bench.custody.database import connect_reader
from bench.custody.proof.frontier import Frontier
from bench.custody.walk import LEFT_OUT, OTHER_HEAD, OTHER_KEY, Claim, Fault, Walk
from bench.events.orders import Json

if TYPE_CHECKING:
    import sqlite3

LENGTH = 25_000
"""Events of a piece at least: a second's work or less, which is how often progress is told."""
WORTH_IT = 10 * LENGTH
"""Shorter records are done before the processes have started."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What came of a piece: how far it verifies, what it believed and what it found."""

    events: int
    fault: Fault | None
    public_key: bytes | None
    believed: bytes
    frontier: bytes
    claims: Mapping[str, Claim]
    devices: Mapping[str, tuple[Json, Json]]


def pieces(sizes: list[int], length: int = LENGTH) -> tuple[tuple[int, int], ...]:
    """Cut a record at checkpoints: (start, end] in event numbers; the last one is open (0)."""
    cuts = [0]
    for size in sizes:
        if size - cuts[-1] >= length:
            cuts.append(size)
    return (*pairwise(cuts), (cuts[-1], 0))


def walk_all(
    path: Path, sizes: list[int], *, thorough: bool, length: int = LENGTH
) -> Iterator[Walked]:
    """Walk the pieces of the file, several at a time; yield what came of each, in order.

    The pieces are read by processes of their own, which inherit nothing from this one.
    """
    walk = partial(walk_piece, path, thorough=thorough)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        try:
            yield from pool.map(walk, pieces(sizes, length))
        finally:
            pool.shutdown(cancel_futures=True)


def walk_piece(path: Path, piece: tuple[int, int], *, thorough: bool) -> Walked:
    """Walk one piece; raises `ValueError` or SQLite's errors for what cannot be read."""
    start, end = piece
    with closing(connect_reader(path)) as connection:
        walk = _taken_up(connection, start, thorough=thorough) if start else Walk(thorough=thorough)
        believed = walk.frontier.nodes
        heads = checkpoints.heads(connection, start, end)
        fault = None
        for event in queries.events_between(connection, start, end):
            fault = walk.step(event) or walk.head_fault(heads)
            if fault:
                break
        fault = fault or walk.close()
    return Walked(
        walk.events,
        fault,
        walk.public_key,
        believed,
        walk.frontier.nodes,
        walk.claims or {},
        walk.devices,
    )


class Joined:
    """The pieces put together again: what each claims of the ones before it is true or a fault."""

    def __init__(self, public_key: bytes | None = None) -> None:
        self.events = 0
        self._public_key = public_key
        self._frontier = b""
        self._devices: dict[str, tuple[Json, Json]] = {}

    def take(self, piece: Walked) -> Fault | None:
        """Take the next piece in; None when it is good and fits."""
        if piece.believed != self._frontier:
            return Fault(self.events, OTHER_HEAD)
        if self._public_key not in (None, piece.public_key):
            return Fault(1, OTHER_KEY)
        faults = [fault for fault in (piece.fault, self._broken(piece.claims)) if fault]
        if faults:
            return min(faults, key=lambda fault: fault.seq)
        self.events, self._frontier = piece.events, piece.frontier
        self._devices |= piece.devices
        return None

    def _broken(self, claims: Mapping[str, Claim]) -> Fault | None:
        new = (0, GENESIS)
        wrong = [
            claim.seq for uid, claim in claims.items()
            if claim.before != self._devices.get(uid, new)
        ]  # fmt: skip
        return Fault(min(wrong), LEFT_OUT) if wrong else None


def _taken_up(connection: sqlite3.Connection, start: int, *, thorough: bool) -> Walk:
    (first,), (checkpointed,) = (queries.events(connection, n, 1) for n in (0, start - 1))
    row = connection.execute(
        "SELECT size, frontier FROM checkpoint WHERE size = ?", (start,)
    ).fetchone()
    return Walk.at(checkpointed, first, Frontier(*row), thorough=thorough)
