"""An exchange as it is said over HTTPS, in pieces that the door takes; pure."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.custody.entries import SealedEvent
from bench.inventory.centre import Asks

PIECE = 8 * 1024 * 1024
"""Bytes of JSON in one request; the door takes twice as many."""
_LEVEL = 6
"""zlib's usual: a night of events shrinks to a seventh at 1 ms for 100 kB."""
_SMALL = 1024
"""Bytes that are not worth shrinking."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of an exchange: a request's body, and whether it is gzip."""

    body: bytes
    shrunk: bool


def pieces(
    epoch: int, from_seq: int, events: Sequence[SealedEvent], asks: Asks, most: int = PIECE
) -> Iterator[Piece]:
    """Yield the requests that say it, one after the other; what is asked goes with the last.

    Who the store is, is asked with each: it may end with any of them.
    """
    who = Asks(hello=asks.hello)
    bodies: list[str] = []
    sigs: list[str] = []
    size, first = 0, from_seq
    for number, event in enumerate(events, from_seq):
        body = json.dumps(event.body.decode())
        if bodies and size + len(body) > most:
            yield _piece(epoch, first, bodies, sigs, who)
            bodies, sigs, size, first = [], [], 0, number
        bodies.append(body)
        sigs.append(f'"{base64.b64encode(event.signature).decode()}"')
        size += len(body) + len(sigs[-1])
    yield _piece(epoch, first, bodies, sigs, asks)


def _piece(epoch: int, from_seq: int, bodies: list[str], sigs: list[str], asks: Asks) -> Piece:
    text = (
        f'{{"epoch":{epoch},"from_seq":{from_seq},"bodies":[{",".join(bodies)}],'
        f'"sigs":[{",".join(sigs)}],"asks":{json.dumps(asks.json)}}}'
    ).encode()
    if len(text) < _SMALL:
        return Piece(text, shrunk=False)
    return Piece(gzip.compress(text, _LEVEL, mtime=0), shrunk=True)
