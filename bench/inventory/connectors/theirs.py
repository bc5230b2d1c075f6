"""What an inventory has, read into the store for the time of a comparison: it fits into no memory.

Written and asked in batches; rows of an earlier comparison that was cut short go first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, LiteralString

from bench.inventory.connectors.words import IMEI, IMEI2, SERIAL, TAG, Entry

if TYPE_CHECKING:
    from bench.inventory.connectors.outbox import Connection

_PUT: LiteralString = """INSERT INTO custody.connector_theirs
(connector, n, key, device, tag, serial, imei, imei2, fields, holder, archived)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
_SHARING: LiteralString = """WITH asked AS (
  SELECT * FROM unnest(%(device)s::text[], %(tag)s::text[], %(serial)s::text[], %(imei)s::text[],
    %(imei2)s::text[]) WITH ORDINALITY AS a(device, tag, serial, imei, imei2, place))
SELECT DISTINCT place, t.n, key, t.device, fields, holder, archived FROM asked a
  CROSS JOIN LATERAL (
    SELECT * FROM custody.connector_theirs
      WHERE connector = %(name)s AND tag = a.tag AND tag <> '' AND a.tag <> ''
    UNION SELECT * FROM custody.connector_theirs
      WHERE connector = %(name)s AND serial = a.serial AND serial <> '' AND a.serial <> ''
    UNION SELECT * FROM custody.connector_theirs
      WHERE connector = %(name)s AND imei IN (a.imei, a.imei2) AND imei <> ''
    UNION SELECT * FROM custody.connector_theirs
      WHERE connector = %(name)s AND imei2 IN (a.imei, a.imei2) AND imei2 <> ''
    UNION SELECT * FROM custody.connector_theirs
      WHERE connector = %(name)s AND device = a.device AND device <> '') t
  ORDER BY place, t.n"""
_TWICE: LiteralString = """SELECT kind, value, keys FROM (
  SELECT 'asset_tag' AS kind, tag AS value, count(*) AS many, array_agg(key ORDER BY n) AS keys
    FROM custody.connector_theirs WHERE connector = %(name)s AND tag <> '' GROUP BY tag
  UNION ALL SELECT 'serial', serial, count(*), array_agg(key ORDER BY n)
    FROM custody.connector_theirs WHERE connector = %(name)s AND serial <> '' GROUP BY serial
) doubled WHERE many > 1 ORDER BY kind, value"""


class Theirs:
    """What was read of one connector's inventory."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._db = connection
        self._name = name
        self._n = 0

    def clear(self) -> None:
        """Forget it."""
        self._db.execute("DELETE FROM custody.connector_theirs WHERE connector = %s", (self._name,))

    def put(self, entries: Sequence[Entry]) -> None:
        """Keep entries for the comparison."""
        rows = []
        for entry in entries:
            self._n += 1
            rows.append((
                self._name, self._n, entry.key, entry.device,
                *(_key(entry, each) for each in (TAG, SERIAL, IMEI, IMEI2)),
                json.dumps(dict(entry.fields)), entry.holder, entry.archived,
            ))  # fmt: skip
        with self._db.transaction(), self._db.cursor() as cursor:
            cursor.executemany(_PUT, rows)

    def sharing(self, entries: Sequence[Entry]) -> list[list[tuple[int, Entry]]]:
        """Return for each what shares an asset tag, serial number, IMEI or name, by its number."""
        asked: dict[str, Any] = {"name": self._name, "device": [each.device for each in entries]}
        for column, name in (("tag", TAG), ("serial", SERIAL), ("imei", IMEI), ("imei2", IMEI2)):
            asked[column] = [_key(each, name) for each in entries]
        found: list[list[tuple[int, Entry]]] = [[] for _ in entries]
        for place, n, key, device, fields, holder, archived in self._db.execute(_SHARING, asked):
            found[place - 1].append((n, Entry(fields, holder, key, device, archived)))
        return found

    def known(self, numbers: Sequence[int]) -> None:
        """Remember which are of devices that the record knows."""
        self._db.execute(
            "UPDATE custody.connector_theirs SET known = true"
            " WHERE connector = %s AND n = ANY (%s)",
            (self._name, list(numbers)),
        )

    def unknown(self) -> Iterator[Entry]:
        """Yield those that the record does not know, in the order in which they were read."""
        after = 0
        while rows := self._db.execute(
            "SELECT n, key, device, fields, holder, archived FROM custody.connector_theirs"
            " WHERE connector = %s AND NOT known AND n > %s ORDER BY n LIMIT 1000",
            (self._name, after),
        ).fetchall():
            for n, key, device, fields, holder, archived in rows:
                yield Entry(fields, holder, key, device, archived)
                after = n

    def twice(self) -> Iterator[tuple[str, str, Sequence[str]]]:
        """Yield asset tags and serial numbers that stand there twice, with their keys."""
        yield from self._db.execute(_TWICE, {"name": self._name}).fetchall()


def _key(entry: Entry, name: str) -> str:
    return entry.fields.get(name, "").strip().casefold()
