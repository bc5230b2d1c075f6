"""An exchange that is too large for one request goes in several, each complete in itself."""

from __future__ import annotations

import gzip
import json

from bench.custody.entries import SealedEvent
from bench.inventory.centre import Asks
from bench.inventory.doors.web.saying import Piece, pieces

EVENTS = [SealedEvent(n, b'{"n":%d,"x":"%s"}' % (n, b"x" * 900), bytes(32), bytes(64))
          for n in range(1, 21)]  # fmt: skip


def said(piece: Piece) -> dict[str, object]:
    found = json.loads(gzip.decompress(piece.body) if piece.shrunk else piece.body)
    assert isinstance(found, dict)
    return found


def test_who_the_store_is_is_asked_with_each_for_it_may_end_with_any() -> None:
    asks = Asks(hello=True, imeis=("004400000000018",))
    found = list(map(said, pieces(1, 1, EVENTS, asks, most=4000)))
    assert len(found) > 2
    assert [each["asks"] for each in found[:-1]] == [{"hello": True}] * (len(found) - 1)
    assert found[-1]["asks"] == asks.json


def test_where_nothing_is_asked_nothing_is() -> None:
    assert all(said(piece)["asks"] == {} for piece in pieces(1, 1, EVENTS, Asks(), most=4000))
