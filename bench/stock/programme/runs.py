"""Runs at the slots as the programme counts them: how long they take, what failed where.

A step lasts from the event before it in its run to its own, on the clock since boot, which nobody
steps; across a restart of the computer no time is known and none is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bench.events.orders import CustodyKind
from bench.stock.book.booked import Booked
from bench.stock.programme.days import What, add, day_of
from bench.stock.programme.durations import bucket

if TYPE_CHECKING:
    import sqlite3

_HOUR = 3_600_000
_K = CustodyKind
_PASSED, _TROUBLED = "pass", "trouble"
_STAGED, _VOIDED = "staged", "voided"
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
    if result != _PASSED:
        _trouble(connection, event)


def held(connection: sqlite3.Connection, event: Booked) -> None:
    """Count what stopped a run; that one goes on elsewhere, or after a restart, is no trouble."""
    if event.said("problem") and "from_slot" not in event.data:
        _count(connection, event, event.said("problem"), "held")
        _trouble(connection, event)


def staged(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that passed."""
    begun(connection, event)
    marked(connection, event)
    _stage(connection, event, _run(event))


def voided(connection: sqlite3.Connection, event: Booked) -> None:
    """Take back what the run was counted as."""
    begun(connection, event)
    marked(connection, event)
    _end(connection, event, _run(event), _VOIDED)


def corrected(connection: sqlite3.Connection, event: Booked) -> None:
    """Follow a correction that says how a run really ended."""
    told = event.part("set")
    run, outcome = told.get("run"), told.get("outcome")
    if not isinstance(run, str) or not isinstance(outcome, str):
        return
    if outcome == _STAGED:
        _stage(connection, event, run)
    else:
        _end(connection, event, run, outcome)


def _trouble(connection: sqlite3.Connection, event: Booked) -> None:
    begun(connection, event)
    marked(connection, event)
    connection.execute("UPDATE programme_run SET troubled = 1 WHERE run = ?", (_run(event),))
    _judge(connection, event)


def _end(connection: sqlite3.Connection, event: Booked, run: str, outcome: str) -> None:
    """Let a run have ended otherwise than staged, or not at all."""
    _unstage(connection, event, run)
    connection.execute("UPDATE programme_run SET outcome = ? WHERE run = ?", (outcome, run))
    _judge(connection, event)


def _stage(connection: sqlite3.Connection, event: Booked, run: str) -> None:
    """Count a run as staged, once; one that a correction says was so, on the day it was."""
    before = connection.execute(
        """SELECT staged, fleet, staged_as, staged_at, staged_on
FROM programme_handset JOIN programme_run USING (uid) WHERE run = ?""",
        (run,),
    ).fetchone()
    if before is None or before[2]:
        return
    staged, fleet, _, at, day = before
    if not at or event.kind == _K.STAGED:
        at, day = event.at, day_of(event)
    first = What.FLEET_STAGED if fleet else What.STAGED
    what = What.RESTAGED if staged else first
    connection.execute(
        """UPDATE programme_run SET staged_as = ?, staged_at = ?, staged_on = ?, outcome = ?
WHERE run = ?""",
        (what.value, at, day, _STAGED, run),
    )
    _staged(connection, event.uid, at, 1)
    add(connection, day, what)
    _judge(connection, event)


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


_FIRST = """SELECT first_run, judged, judged_on, coalesce(troubled, 0), coalesce(outcome, '')
FROM programme_handset AS h LEFT JOIN programme_run ON run = first_run WHERE h.uid = ?"""
_ANOTHER = """SELECT EXISTS (SELECT 1 FROM programme_run
WHERE uid = ? AND run <> ? AND (troubled OR outcome <> ''))"""


def _judge(connection: sqlite3.Connection, event: Booked) -> None:
    """Count how a handset's first run went, and no longer how it was said to have gone before."""
    found = connection.execute(_FIRST, (event.uid,)).fetchone()
    if found is None:
        return
    first, before, day, troubled, outcome = found
    verdict = _TROUBLED if troubled or outcome == _VOIDED else ""
    if not verdict and outcome == _STAGED:
        verdict = _PASSED
    if not verdict and connection.execute(_ANOTHER, (event.uid, first)).fetchone()[0]:
        verdict = _TROUBLED
    if verdict == before:
        return
    if before:
        add(connection, day, _JUDGED[before], -1)
    judged = "UPDATE programme_handset SET judged = ?, judged_on = ? WHERE uid = ?"
    connection.execute(judged, (verdict, day_of(event), event.uid))
    if verdict:
        add(connection, day_of(event), _JUDGED[verdict])


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
