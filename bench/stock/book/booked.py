"""An event of the record as pages are folded from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bench.custody.chain import parse
from bench.custody.entries import SealedEvent
from bench.events.orders import Json


@dataclass(frozen=True, slots=True)
class Booked:
    """An event: `kind` as in the record, `at` in milliseconds since 1970 (UTC), `body` whole.

    `uid` is the handset's, "" for none.
    """

    seq: int
    kind: str
    at: int
    uid: str
    body: Mapping[str, Json]

    @classmethod
    def of(cls, event: SealedEvent) -> Booked:
        """Read an event; `ValueError` where no bench wrote it."""
        body = parse(event.body)
        at = datetime.fromisoformat(str(body.get("at")))
        return cls(
            event.seq,
            str(body.get("type")),
            round(at.timestamp() * 1000),
            _text(_members(body, "dev"), "uid") or "",
            body,
        )

    @property
    def epoch(self) -> int:
        """The epoch that its number is of."""
        found = self.body.get("epoch")
        return found if isinstance(found, int) else 0

    @property
    def dev(self) -> Mapping[str, Json]:
        """What it says of its handset."""
        return _members(self.body, "dev")

    @property
    def data(self) -> Mapping[str, Json]:
        """What its kind alone says."""
        return _members(self.body, "data")

    @property
    def actor(self) -> str:
        """The pseudonym of who did it."""
        return _text(_members(self.body, "actor"), "id") or ""

    def text(self, name: str) -> str:
        """Return a text of the body such as `from`, `to`, `order`, `lot`, `docket`; "" for none."""
        return _text(self.body, name) or ""

    def said(self, name: str) -> str:
        """Return a text of `data`, "" where there is none."""
        return _text(self.data, name) or ""

    def part(self, name: str) -> Mapping[str, Json]:
        """Return an object of `data`, empty where there is none."""
        return _members(self.data, name)


def _members(body: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(body: Mapping[str, Json], name: str) -> str | None:
    found = body.get(name)
    return found if isinstance(found, str) else None
