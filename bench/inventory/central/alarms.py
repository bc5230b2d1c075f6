"""Alarms that somebody looked at: told of no more, unless the same comes again; kept for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.inventory.central.sign_ins import name_error

if TYPE_CHECKING:
    import psycopg

_ACKNOWLEDGE = """INSERT INTO custody.acknowledged AS its (alarm_no, bench_no, times, by)
  SELECT a.alarm_no, a.bench_no, a.times, %s FROM custody.open_alarm a WHERE a.bench_no = %s
  ON CONFLICT (alarm_no) DO UPDATE SET times = excluded.times, by = excluded.by, at = now()"""


def acknowledge(connection: psycopg.Connection[Any], name: str, by: str) -> int:
    """Keep that `by` looked at all open alarms of a bench; return how many there were.

    A frozen bench stays frozen. `ProblemError` (CENTRE_NAME) where there is no such bench.
    """
    row = connection.execute(
        "SELECT bench_no FROM custody.bench WHERE bench_id = %s", (name,)
    ).fetchone()
    if row is None:
        raise name_error(name, "there is no bench of that name")
    return connection.execute(_ACKNOWLEDGE, (by, row[0])).rowcount
