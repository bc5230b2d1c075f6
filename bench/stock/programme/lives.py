"""A handset's life as the programme counts it: counted in, dispatched, issued, returned, gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.stock.book.booked import Booked
from bench.stock.programme import runs
from bench.stock.programme.days import What, add, day_of

if TYPE_CHECKING:
    import sqlite3


def met(connection: sqlite3.Connection, event: Booked) -> None:
    """Know a handset by whatever says who it is."""
    if "serial" in event.dev:
        said = (event.uid, str(event.dev.get("imei") or ""), str(event.dev.get("model") or ""))
        connection.execute(
            """INSERT INTO programme_handset (uid, imei, model) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET imei = excluded.imei, model = excluded.model""",
            said,
        )


def counted(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset in, once; one of the earlier fleet was bought under another programme."""
    fleet = event.said("source") == "fleet"
    news = connection.execute(
        "UPDATE programme_handset SET counted = 1, fleet = ? WHERE uid = ? AND counted = 0",
        (int(fleet), event.uid),
    )
    if not news.rowcount:
        return
    add(connection, day_of(event), What.FLEET if fleet else What.COUNTED)
    if not fleet:
        connection.execute(
            """INSERT INTO programme_received
SELECT ?, coalesce(nullif(?, ''), model), 1 FROM programme_handset
WHERE uid = ? ON CONFLICT DO UPDATE SET n = n + 1""",
            (event.text("order"), str(event.part("box").get("model") or ""), event.uid),
        )


def quarantined(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that was set aside; one set aside at its slot troubled its run."""
    add(connection, day_of(event), What.QUARANTINED)
    if event.part("run"):
        runs.held(connection, event)


def dispatched(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that left."""
    add(connection, day_of(event), What.DISPATCHED)


def handed_over(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that somebody took; its age begins with the first who did."""
    day = day_of(event)
    found = connection.execute(
        "SELECT fleet, issued FROM programme_handset WHERE uid = ?", (event.uid,)
    ).fetchone()
    fleet, issued = found or (0, "")
    if issued:
        add(connection, day, What.HANDED_OVER_AGAIN)
        return
    issue = "UPDATE programme_handset SET issued = ? WHERE uid = ?"
    connection.execute(issue, (day, event.uid))
    add(connection, day, What.FLEET_HANDED_OVER if fleet else What.HANDED_OVER)
    if not fleet:
        _issue(connection, day, 1)


def returned(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that came back."""
    add(connection, day_of(event), What.RETURNED)


def dead_on_arrival(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that never worked."""
    add(connection, day_of(event), What.DEAD_ON_ARRIVAL)


def disposed(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that is gone: it will not be renewed."""
    add(connection, day_of(event), What.DISPOSED)
    went = connection.execute(
        "UPDATE programme_handset SET gone = 1 WHERE uid = ? AND gone = 0 RETURNING fleet, issued",
        (event.uid,),
    ).fetchone()
    if went and went[1] and not went[0]:
        _issue(connection, went[1], -1)


def _issue(connection: sqlite3.Connection, day: str, by: int) -> None:
    connection.execute(
        "INSERT INTO programme_issue VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        (day[:7], by),
    )
