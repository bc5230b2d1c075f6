"""Runs at the slots as the programme counts them: how long they take, what failed where.

A step lasts from the event before it in its run to its own, on the clock since boot, which nobody
steps; across a restart of the computer no time is known and none is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bench.stock.book.booked import Booked
from bench.stock.programme.days import What, add, day_of
from bench.stock.programme.durations import bucket

if TYPE_CHECKING:
    import sqlite3

_HOUR = 3_600_000
_PASSED, _TROUBLED = "pass", "trouble"
_JUDGED = {_PASSED: What.UNTROUBLED, _TROUBLED: What.TROUBLE}


def begun(connection: sqlite3.Connection, event: Booked) -> None:
    """Know which run was a handset's first."""
    connection.execute(
        "UPDATE programme_handset SET first_run = ? WHERE uid = ? AND first_run = ''",
        (_run(event), event.uid),
    )


def marked(connection: sqlite3.Connection, event: Booked) -> None:
    """Note when the run's last event was."""
    boot, mono = event.text("boot"), _whole(event.body.get("mono"))
    connection.execute(
        """INSERT INTO programme_run (run, uid, boot, mono) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET boot = excluded.boot, mono = excluded.mono""",
        (_run(event), event.uid, boot, mono),
    )


def finished(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a step's end and the time it took; one that did not pass troubled its run."""
    name, result = event.said("name"), event.said("result")
    _count(connection, event, name, result)
    if result != _PASSED:
        _judge(connection, event, _TROUBLED)
    began = connection.execute(
        "SELECT boot, mono FROM programme_run WHERE run = ?", (_run(event),)
    ).fetchone()
    took = _whole(event.body.get("mono")) - began[1] if began else -1
    if began and began[0] == event.text("boot") and took >= 0:
        connection.execute(
            """INSERT INTO programme_step VALUES (?, ?, 1, ?)
ON CONFLICT DO UPDATE SET n = n + 1, ms = ms + excluded.ms""",
            (name, bucket(took), took),
        )


def held(connection: sqlite3.Connection, event: Booked) -> None:
    """Count what stopped a run; that one goes on elsewhere, or after a restart, is no trouble."""
    if event.said("problem") and "from_slot" not in event.data:
        _count(connection, event, event.said("problem"), "held")
        _judge(connection, event, _TROUBLED)


def staged(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that passed."""
    begun(connection, event)
    marked(connection, event)
    _judge(connection, event, _PASSED)
    _stage(connection, event, _run(event))


def voided(connection: sqlite3.Connection, event: Booked) -> None:
    """Take back what the run was counted as."""
    _unstage(connection, event, _run(event))
    _judge(connection, event, _TROUBLED)


def corrected(connection: sqlite3.Connection, event: Booked) -> None:
    """Follow a correction that says how a run really ended."""
    told = event.part("set")
    run, outcome = told.get("run"), told.get("outcome")
    if not isinstance(run, str) or not isinstance(outcome, str):
        return
    if outcome == "staged":
        _stage(connection, event, run)
    else:
        _unstage(connection, event, run)


def _stage(connection: sqlite3.Connection, event: Booked, run: str) -> None:
    before = connection.execute(
        """SELECT staged, fleet, staged_as FROM programme_handset JOIN programme_run USING (uid)
WHERE run = ?""",
        (run,),
    ).fetchone()
    if before is None or before[2]:
        return
    first = What.FLEET_STAGED if before[1] else What.STAGED
    what = What.RESTAGED if before[0] else first
    connection.execute(
        "UPDATE programme_run SET staged_as = ?, staged_at = ?, staged_on = ? WHERE run = ?",
        (what.value, event.at, day_of(event), run),
    )
    _staged(connection, event.uid, event.at, 1)
    add(connection, day_of(event), what)


def _unstage(connection: sqlite3.Connection, event: Booked, run: str) -> None:
    before = connection.execute(
        "SELECT staged_as, staged_at, staged_on FROM programme_run WHERE run = ?", (run,)
    ).fetchone()
    if before is None or not before[0]:
        return
    connection.execute("UPDATE programme_run SET staged_as = '' WHERE run = ?", (run,))
    _staged(connection, event.uid, before[1], -1)
    add(connection, before[2], What(before[0]), -1)


def _staged(connection: sqlite3.Connection, uid: str, at: int, by: int) -> None:
    handset = "UPDATE programme_handset SET staged = staged + ? WHERE uid = ?"
    connection.execute(handset, (by, uid))
    connection.execute(
        "INSERT INTO programme_hour VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        (at // _HOUR, by),
    )


def _judge(connection: sqlite3.Connection, event: Booked, verdict: str) -> None:
    """Say once how a handset's first run went; one that passed and was voided had trouble."""
    found = connection.execute(
        "SELECT first_run, judged FROM programme_handset WHERE uid = ?", (event.uid,)
    ).fetchone()
    if found is None or found[1] == _TROUBLED or found[1] == verdict:
        return
    is_first = found[0] in ("", _run(event))
    if found[1] and not is_first:
        return
    said = verdict if is_first else _TROUBLED
    if found[1]:
        add(connection, _passed_on(connection, event), What.UNTROUBLED, -1)
    connection.execute("UPDATE programme_handset SET judged = ? WHERE uid = ?", (said, event.uid))
    add(connection, day_of(event), _JUDGED[said])


def _passed_on(connection: sqlite3.Connection, event: Booked) -> str:
    """Return the day on which the run was staged that is taken back now."""
    asked = "SELECT staged_on FROM programme_run WHERE run = ?"
    return str(connection.execute(asked, (_run(event),)).fetchone()[0])


def _count(connection: sqlite3.Connection, event: Booked, name: str, result: str) -> None:
    connection.execute(
        "INSERT INTO programme_result VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
        (_text(event.part("run"), "slot"), name, result),
    )


def _run(event: Booked) -> str:
    return _text(event.part("run"), "id")


def _text(said: Mapping[str, object], name: str) -> str:
    return str(said.get(name) or "")


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
