"""How each connector stands, for whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, LiteralString

from bench.identity.plain import plain

if TYPE_CHECKING:
    from bench.inventory.connectors.outbox import Connection

_ALL: LiteralString = """SELECT name, begun_mapping IS NOT NULL, begun_by, preview_said,
  coalesce(waiting, 0), coalesce(failed, 0), coalesce(refused, 0), coalesce(done, 0), oldest,
  word, last_word, last_run, coalesce((bucket->>'per_minute')::float, 0)
FROM custody.connector c LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
    count(*) FILTER (WHERE state = 'failed') AS failed,
    count(*) FILTER (WHERE state = 'refused') AS refused,
    count(*) FILTER (WHERE state = 'done') AS done,
    min(waiting_since) FILTER (WHERE state <> 'done') AS oldest,
    (array_agg(last_word ORDER BY next_try DESC) FILTER (WHERE last_word <> ''))[1] AS word
  FROM custody.connector_device WHERE connector = c.name) counted ON true
ORDER BY name"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One connector: how many devices are in each state, since when the oldest is not done (UTC).

    `device_word` is the last word about a device, `last_word` that about the inventory as a whole;
    "" where all is well.
    """

    name: str
    begun: bool
    begun_by: str
    preview: str
    waiting: int
    failed: int
    refused: int
    done: int
    oldest: datetime | None
    device_word: str
    last_word: str
    last_run: datetime | None
    per_minute: float

    @property
    def wants_looking(self) -> bool:
        """Whether a person has to look."""
        return not self.begun or bool(self.failed or self.refused or self.last_word)

    def __str__(self) -> str:
        """Say it in a few words."""
        if not self.begun:
            return f"{self.name}: not begun; {self.preview or 'no preview yet'}"
        counts = (
            f"{self.done:,} done, {self.waiting:,} waiting, {self.failed:,} failed, "
            f"{self.refused:,} to look at"
        )
        oldest = f", oldest since {self.oldest:%Y-%m-%d %H:%M}" if self.oldest else ""
        rate = f", {self.per_minute:g} a minute" if self.per_minute else ""
        words = "".join(f"; {each}" for each in (self.device_word, self.last_word) if each)
        return f"{self.name}: {counts}{oldest}{rate}{words}"


def standings(connection: Connection) -> list[Standing]:
    """Return those of a store that were ever looked at, by name."""
    rows = connection.execute(_ALL).fetchall()
    return [_standing(*row) for row in rows]


def _standing(*cells: Any) -> Standing:  # noqa: ANN401 - a row is what it is
    device_word, last_word = plain(cells[9] or "", 200), plain(cells[10], 200)
    return Standing(*(*cells[:9], device_word, last_word, *cells[11:]))
