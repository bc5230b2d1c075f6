"""Taking lists and profiles over into the store, and giving asset tags: a transaction each.

Over a connection of staging_service's, in autocommit; `psycopg.Error` where the store fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.enrolment.elsewhere import Line
from bench.identity.plain import plain
from bench.inventory.releases.making.contents import SentTo
from bench.inventory.releases.making.lists import unusable
from bench.inventory.releases.parts import orders, people, profiles
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.parts.profiles import SentProfile
from bench.inventory.releases.parts.tags import TagBlock
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import psycopg

_PERSON = """INSERT INTO custody.person
    (organisation, person, role, standing, name, badge, pin, pepper, benches)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
  ON CONFLICT (organisation, person) DO UPDATE SET role = excluded.role,
    standing = excluded.standing, name = excluded.name, badge = excluded.badge,
    pin = coalesce(excluded.pin, person.pin), pepper = coalesce(excluded.pepper, person.pepper),
    benches = excluded.benches, changed_at = now()"""
_ORDER = """INSERT INTO custody.order_line
    (organisation, number, model, count, supplier, due, closed)
  VALUES (%s, %s, %s, %s, %s, %s, %s)
  ON CONFLICT (organisation, number, model) DO UPDATE SET count = excluded.count,
    supplier = excluded.supplier, due = excluded.due, closed = excluded.closed,
    changed_at = now()"""
_PROFILE = """INSERT INTO custody.profile (organisation, name, body) VALUES (%s, %s, %s)
  ON CONFLICT (organisation, name) DO UPDATE SET body = excluded.body, changed_at = now()"""
_KNOWN = "COPY custody.known_handset (organisation, list, imei, serial, place) FROM STDIN"
_PLACE = 60


@dataclass(frozen=True, slots=True)
class TakingOver:
    """For which organisation, in which store."""

    connection: psycopg.Connection[Any]
    organisation: str

    def badges(self) -> dict[str, str]:
        """Return whose each badge is."""
        rows = self.connection.execute(
            "SELECT badge, person FROM custody.person"
            " WHERE organisation = %s AND badge IS NOT NULL",
            (self.organisation,),
        )
        return dict(rows.fetchall())

    def people(self, found: Sequence[SentTo]) -> None:
        """Take people over; who is there and not among these stays as they are."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.executemany(_PERSON, [self._person(each) for each in found])
            self._refuse_many(cursor, "person", "true", people.MOST)

    def forget(self, person: str) -> bool:
        """Keep nothing of someone but that they left; return False where there is none.

        Their benches let them go at their next release. What earlier releases said of them is
        removed with the next that is made.
        """
        done = self.connection.execute(
            "UPDATE custody.person SET standing = 'retired', name = '', badge = NULL, pin = NULL,"
            " pepper = NULL, changed_at = now() WHERE organisation = %s AND person = %s",
            (self.organisation, person),
        )
        return done.rowcount == 1

    def orders(self, found: Sequence[Order]) -> None:
        """Take lines of orders over; others stay as they are."""
        values = [
            (
                self.organisation, each.number, each.model, each.count, each.supplier, each.due,
                each.closed,
            )
            for each in found
        ]  # fmt: skip
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.executemany(_ORDER, values)
            self._refuse_many(cursor, "order_line", "NOT closed", orders.MOST)

    def profiles(self, found: Sequence[SentProfile]) -> None:
        """Take profiles over, each in the place of the one of that name."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.executemany(_PROFILE, [(self.organisation, e.name, e.text) for e in found])
            self._refuse_many(cursor, "profile", "true", profiles.MOST)

    def drop_profile(self, name: str) -> bool:
        """Send a profile down no more; return False where there is none of that name."""
        done = self.connection.execute(
            "DELETE FROM custody.profile WHERE organisation = %s AND name = %s",
            (self.organisation, name),
        )
        return done.rowcount == 1

    def known(self, name: str, lines: Iterable[Line]) -> int:
        """Take a list of known handsets over in place of the one of that name; return its lines."""
        rows = {
            (
                self.organisation, name, imei, str(each.serial) if each.serial else "",
                plain(each.where, _PLACE) or plain(name, _PLACE),
            )
            for imei, each in lines
        }  # fmt: skip
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM custody.known_handset WHERE organisation = %s AND list = %s",
                (self.organisation, name),
            )
            with cursor.copy(_KNOWN) as out:
                for row in sorted(rows):
                    out.write_row(row)
        return len(rows)

    def _refuse_many(self, cursor: psycopg.Cursor[Any], table: str, which: str, most: int) -> None:
        """Raise `ProblemError` LIST_UNUSABLE for more than a bench takes; nothing is kept then."""
        asked = f"SELECT count(*) FROM custody.{table} WHERE organisation = %s AND {which}"  # noqa: S608 - no text from outside
        row = cursor.execute(asked, (self.organisation,)).fetchone()
        if row and row[0] > most:
            detail = f"there would be {row[0]} in all, and a bench takes {most} at most"
            raise unusable(self.organisation, detail)

    def _person(self, sent: SentTo) -> tuple[object, ...]:
        each = sent.person
        pin = (each.pin.encoded, each.pin.pepper) if each.pin else (None, None)
        badge = each.badge.uid if each.badge else None
        return (
            self.organisation, each.person, each.role.value, each.standing.value, each.name,
            badge, *pin, sorted(sent.benches),
        )  # fmt: skip


def allot(
    connection: psycopg.Connection[Any], bench: str, prefix: str, count: int, beginning: int = 1
) -> TagBlock:
    """Give a bench a block of asset tags that no other ever had or gets.

    `ProblemError` CENTRE_UNUSABLE where there is no such bench or block.
    """
    import psycopg  # noqa: PLC0415 - only who works with a store loads it

    try:
        row = connection.execute(
            "SELECT * FROM custody.allot_tags(%s, %s, %s, %s)", (bench, prefix, count, beginning)
        ).fetchone()
    except (psycopg.DataError, psycopg.errors.NoDataFound, psycopg.IntegrityError) as error:
        raise _refused(f"{bench} {prefix}", str(error.diag.message_primary)) from None
    assert row is not None, "a function's row"
    return TagBlock(prefix, *row)


def organisation_of(connection: psycopg.Connection[Any], asked: str) -> str:
    """Return the organisation that is meant: that which was asked for, or the only one there is."""
    rows = connection.execute("SELECT DISTINCT organisation FROM custody.bench ORDER BY 1")
    known = [str(each) for (each,) in rows]
    if asked in known:
        return asked
    if not asked and len(known) == 1:
        return known[0]
    names = ", ".join(known) or "none: add a bench first"
    raise _refused("--organisation", f"the store has benches of {names}")


def _refused(where: str, detail: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.CENTRE_UNUSABLE, where, plain(detail, 160)))
