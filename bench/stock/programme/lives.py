"""A handset's life as the programme counts it: counted in, dispatched, issued, returned, gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.custody.phases import Phase
from bench.stock.book.booked import Booked
from bench.stock.programme import deeds, runs
from bench.stock.programme.days import What, day_of
from bench.stock.programme.deeds import Deed

if TYPE_CHECKING:
    import sqlite3

_OWN, _FLEET = 0, 1
_RECEIVED = """INSERT INTO programme_received
SELECT came_under, came_as, ? FROM programme_handset WHERE uid = ?
ON CONFLICT DO UPDATE SET n = n + excluded.n"""


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
    model = str(event.part("box").get("model") or "")
    news = connection.execute(
        """UPDATE programme_handset SET came_under = ?, came_as = coalesce(nullif(?, ''), model)
WHERE uid = ? AND counted = 0""",
        (event.text("order"), model, event.uid),
    )
    if news.rowcount:
        what = What.FLEET if event.said("source") == "fleet" else What.COUNTED
        deeds.did(connection, event, what)
        _came(connection, event.uid, Deed(what, "", stands=True))


def quarantined(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that was set aside; one set aside at its slot troubled its run."""
    deeds.did(connection, event, What.QUARANTINED)
    if event.part("run"):
        runs.held(connection, event)


def dispatched(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that left."""
    deeds.did(connection, event, What.DISPATCHED)


def handed_over(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that somebody took; its age begins with the first who did."""
    found = connection.execute(
        "SELECT fleet, issued FROM programme_handset WHERE uid = ?", (event.uid,)
    ).fetchone()
    fleet, issued = found or (_OWN, "")
    if issued:
        deeds.did(connection, event, What.HANDED_OVER_AGAIN)
        return
    what = What.FLEET_HANDED_OVER if fleet else What.HANDED_OVER
    deeds.did(connection, event, what)
    _issued(connection, event.uid, Deed(what, day_of(event), stands=True))


def returned(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that came back."""
    deeds.did(connection, event, What.RETURNED)


def dead_on_arrival(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that never worked."""
    deeds.did(connection, event, What.DEAD_ON_ARRIVAL)


def disposed(connection: sqlite3.Connection, event: Booked) -> None:
    """Count a handset that is gone: it will not be renewed."""
    deeds.did(connection, event, What.DISPOSED)
    _go(connection, event.uid, gone=True)


def corrected(connection: sqlite3.Connection, event: Booked) -> None:
    """Take back, or bring back, what a correction says was not so."""
    runs.corrected(connection, event)
    _follow(connection, event.uid, deeds.undone(connection, event))
    restated(connection, event)


def restated(connection: sqlite3.Connection, event: Booked) -> None:
    """Follow what says outright where a handset stands: a new one never came."""
    if phase := event.dev.get("phase"):
        is_new = phase == Phase.NEW
        _follow(connection, event.uid, deeds.came_not(connection, event.uid, is_new=is_new))
        _go(connection, event.uid, gone=phase == Phase.DISPOSED)


def _follow(connection: sqlite3.Connection, uid: str, deed: Deed | None) -> None:
    match deed.what if deed else None:
        case What.COUNTED | What.FLEET if deed:
            _came(connection, uid, deed)
        case What.HANDED_OVER | What.FLEET_HANDED_OVER if deed:
            _issued(connection, uid, deed)


def _came(connection: sqlite3.Connection, uid: str, deed: Deed) -> None:
    fleet = _FLEET if deed.what is What.FLEET and deed.stands else _OWN
    connection.execute(
        "UPDATE programme_handset SET counted = ?, fleet = ? WHERE uid = ?",
        (int(deed.stands), fleet, uid),
    )
    if deed.what is What.COUNTED:
        connection.execute(_RECEIVED, (1 if deed.stands else -1, uid))


def _issued(connection: sqlite3.Connection, uid: str, deed: Deed) -> None:
    day = deed.day if deed.stands else ""
    connection.execute("UPDATE programme_handset SET issued = ? WHERE uid = ?", (day, uid))
    if deed.what is What.HANDED_OVER:
        _issue(connection, deed.day, 1 if deed.stands else -1)


def _go(connection: sqlite3.Connection, uid: str, *, gone: bool) -> None:
    went = connection.execute(
        "UPDATE programme_handset SET gone = ? WHERE uid = ? AND gone <> ? RETURNING fleet, issued",
        (int(gone), uid, int(gone)),
    ).fetchone()
    if went and went[1] and not went[0]:
        _issue(connection, went[1], -1 if gone else 1)


def _issue(connection: sqlite3.Connection, day: str, by: int) -> None:
    connection.execute(
        "INSERT INTO programme_issue VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
        (day[:7], by),
    )
