"""A bench that says whatever it is told to."""

from __future__ import annotations

from typing import Any

import psycopg

from bench.custody.entries import SealedEvent
from tests.peers.centre.centre_room import CentreRoom, chained

IMEI = "004400001234564"
AT, LATER = "2026-11-24T10:00:00.000Z", "2026-11-24T11:00:00.000Z"
CHIEF, SECOND = {"id": "p-1", "how": "badge+pin"}, {"id": "p-2", "how": "badge+pin"}


class Bench:
    """A bench of the store that says whatever it is told to."""

    def __init__(self, room: CentreRoom, name: str) -> None:
        self._session, self.name = room.as_bench(name), name
        self.begins_epoch(1)

    def begins_epoch(self, epoch: int) -> None:
        self.epoch = epoch
        self.last: SealedEvent | None = None

    def says(self, kind: str, **said: Any) -> SealedEvent:
        its = [{"type": kind, "at": AT, **said}]
        (event,) = chained(self.name, its, epoch=self.epoch, after=self.last)
        words = "SELECT status FROM custody.exchange(%s, %s, %s, %s, NULL)"
        values = (self.epoch, event.seq, [event.body.decode()], [event.signature])
        assert self._session.execute(words, values).fetchone() == ("ok",)
        self.last = event
        return event

    def says_all(self, said: list[dict[str, Any]]) -> None:
        events = chained(self.name, [{"at": AT, **each} for each in said], after=self.last)
        words = "SELECT status FROM custody.exchange(%s, %s, %s, %s, NULL)"
        bodies = [each.body.decode() for each in events]
        values = (self.epoch, events[0].seq, bodies, [each.signature for each in events])
        assert self._session.execute(words, values).fetchone() == ("ok",)
        self.last = events[-1]

    def through(self, session: psycopg.Connection[Any]) -> Bench:
        """It goes on over another session."""
        self._session.close()
        self._session = session
        return self

    def has(
        self, phase: str = "at-bench", kind: str = "scanned", data: Any = None, **said: Any
    ) -> SealedEvent:
        device = {"uid": f"uid-{self.name}", "imei": IMEI, "serial": "S1", "model": "M"}
        return self.says(kind, dev={**device, "phase": phase, **said}, data=data or {})

    def resolves(self, keeper: str, **data: Any) -> SealedEvent:
        data = {"imei": IMEI, "keeper": keeper, "why": "it was another handset", **data}
        return self.says("conflict_resolved", actor=CHIEF, data=data)

    def undoes(self, event: SealedEvent) -> SealedEvent:
        data = {"of": event.hash.hex(), "undo": True, "set": {}}
        return self.says("corrected", actor=CHIEF, data=data)

    def signs(self, *events: SealedEvent, who: Any = SECOND) -> None:
        self.says("signed_off", second=who, data={"of": [each.hash.hex() for each in events]})

    def close(self) -> None:
        self._session.close()
