"""What the store has for a bench, read into the values that parts are made of. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.custody.people.badge import Badge
from bench.custody.people.roles import Role, Standing
from bench.identity.identifiers import IdentifierError, SerialNumber
from bench.inventory.releases.making import cutting
from bench.inventory.releases.making.cutting import Allotted
from bench.inventory.releases.parts.elsewhere import UNNAMED, KnownThere, Place, is_phase
from bench.inventory.releases.parts.orders import MOST as MOST_ORDERS
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.parts.people import SentPerson, SentPin
from bench.inventory.releases.parts.profiles import SentProfile
from bench.inventory.releases.parts.tags import TagBlock
from bench.inventory.releases.release import Receipt

if TYPE_CHECKING:
    import psycopg

_ELSEWHERE = """WITH known AS (
    SELECT k.imei, k.serial, CASE WHEN b.organisation = %(its)s THEN k.bench END AS place,
           true AS is_bench, coalesce(k.in_hand, false) AS in_hand,
           coalesce(k.in_conflict, false) AS in_conflict,
           CASE WHEN b.organisation = %(its)s OR k.in_hand THEN k.phase END AS phase,
           CASE WHEN b.organisation = %(its)s OR k.in_hand
             THEN extract(epoch FROM k.since)::bigint END AS since
      FROM custody.known_elsewhere k JOIN custody.bench b ON b.bench_id = k.bench
      WHERE k.imei ~ '^[0-9]{15}$' AND NOT EXISTS (
        SELECT FROM custody.conflict_side s
          WHERE s.kind IN ('imei', 'serial') AND s.value = k.imei AND s.bench_no = b.bench_no
            AND s.kept = false
            AND upper(coalesce(s.serial, '')) = upper(coalesce(k.serial, '')))
    UNION ALL
    SELECT imei, serial, CASE WHEN organisation = %(its)s THEN place END, false, false, false,
           NULL, NULL FROM custody.known_handset
  )
  SELECT imei, serial, place, is_bench, phase, since, in_hand, in_conflict FROM known
    ORDER BY in_conflict DESC, in_hand DESC, is_bench, since DESC NULLS LAST, imei
    LIMIT %(most)s"""
"""Two persons have said of a side that is not kept that it is not so: it is told to nobody."""
_BLOCKS = """SELECT b.prefix, b.first, b.last,
    coalesce((SELECT max(u.highest) FROM custody.tag_used u
      JOIN custody.tag_block o USING (prefix, last)
      WHERE o.bench_no = b.bench_no AND o.prefix = b.prefix AND u.epoch < bench.epoch), 0),
    coalesce((SELECT max(u.highest) FROM custody.tag_used u
      WHERE u.prefix = b.prefix AND u.last = b.last), 0)
  FROM custody.tag_block b JOIN custody.bench USING (bench_no) WHERE b.bench_no = %s"""
_STRAYS = """SELECT DISTINCT s.prefix, s.number FROM custody.tag_stray s
  JOIN custody.tag_block b ON b.prefix = s.prefix AND s.number BETWEEN b.first AND b.last
  WHERE b.bench_no = %(its)s AND s.bench_no <> %(its)s"""
_UNBLOCKED = """SELECT b.organisation, s.prefix, array_agg(DISTINCT b.bench_id)
  FROM custody.tag_stray s JOIN custody.bench b USING (bench_no)
  WHERE b.state <> 'retired' AND NOT EXISTS (
    SELECT FROM custody.tag_block t WHERE t.prefix = s.prefix)
  GROUP BY 1, 2 HAVING count(DISTINCT s.bench_no) > 1 ORDER BY 1, 2"""
_RECEIPT = """SELECT epoch, coalesce(last_seq, 0),
    coalesce(encode(last_hash, 'hex'), repeat('0', 64))
  FROM custody.bench LEFT JOIN custody.head USING (bench_no, epoch) WHERE bench_no = %s"""


@dataclass(frozen=True, slots=True)
class KnownBench:
    """A bench that the store knows and has not retired."""

    number: int
    name: str
    organisation: str


@dataclass(frozen=True, slots=True)
class SentTo:
    """Someone, and which benches they are sent to; none: all of the organisation."""

    person: SentPerson
    benches: frozenset[str]


def benches(connection: psycopg.Connection[Any], only: str = "") -> tuple[KnownBench, ...]:
    """Return the benches that releases are made for, or only that of this name."""
    rows = connection.execute(
        "SELECT bench_no, bench_id, organisation FROM custody.bench"
        " WHERE state <> 'retired' AND (%(only)s = '' OR bench_id = %(only)s) ORDER BY bench_no",
        {"only": only},
    )
    return tuple(KnownBench(*row) for row in rows)


def receipt(connection: psycopg.Connection[Any], bench: KnownBench) -> Receipt:
    """Return what was received of a bench in its present epoch."""
    row = connection.execute(_RECEIPT, (bench.number,)).fetchone()
    assert row is not None, "a bench that was just read"
    return Receipt(*row)


def people(connection: psycopg.Connection[Any], organisation: str) -> tuple[SentTo, ...]:
    """Return an organisation's people."""
    rows = connection.execute(
        "SELECT person, role, standing, name, badge, pin, pepper, benches FROM custody.person"
        " WHERE organisation = %s ORDER BY person",
        (organisation,),
    )
    return tuple(SentTo(_person(row[:7]), frozenset(row[7])) for row in rows)


def ever_sent(connection: psycopg.Connection[Any], bench: KnownBench) -> tuple[str, ...]:
    """Return by pseudonym whom a bench was ever sent."""
    asked = "SELECT person FROM custody.sent_person WHERE bench_no = %s ORDER BY person"
    return tuple(person for (person,) in connection.execute(asked, (bench.number,)))


def orders(connection: psycopg.Connection[Any], organisation: str) -> tuple[Order, ...]:
    """Return an organisation's orders; where there are too many, those that are open first."""
    rows = connection.execute(
        "SELECT number, model, count, supplier, due, closed FROM custody.order_line"
        " WHERE organisation = %s ORDER BY closed, changed_at DESC, number, model LIMIT %s",
        (organisation, MOST_ORDERS),
    )
    return tuple(Order(*row) for row in rows)


def profiles(connection: psycopg.Connection[Any], organisation: str) -> tuple[SentProfile, ...]:
    """Return an organisation's profiles."""
    rows = connection.execute(
        "SELECT name, body FROM custody.profile WHERE organisation = %s", (organisation,)
    )
    return tuple(SentProfile(*row) for row in rows)


def prefixes(connection: psycopg.Connection[Any]) -> frozenset[str]:
    """Return the prefixes whose numbers are given in blocks, to whichever bench."""
    rows = connection.execute("SELECT DISTINCT prefix FROM custody.tag_block")
    return frozenset(prefix for (prefix,) in rows)


def blocks(connection: psycopg.Connection[Any], bench: KnownBench) -> tuple[TagBlock, ...]:
    """Return what of its blocks a bench may give, as far as the centre knows what was given."""
    strays = {tuple(row) for row in connection.execute(_STRAYS, {"its": bench.number})}
    rows = connection.execute(_BLOCKS, (bench.number,))
    return cutting.sent((Allotted(*row) for row in rows), strays)


def all_blocks(connection: psycopg.Connection[Any]) -> tuple[tuple[str, TagBlock], ...]:
    """Return every block that was ever given, and to which bench."""
    rows = connection.execute(
        "SELECT bench_id, prefix, first, last FROM custody.tag_block JOIN custody.bench"
        " USING (bench_no) ORDER BY prefix, last"
    )
    return tuple((bench, TagBlock(*block)) for bench, *block in rows)


def unblocked(connection: psycopg.Connection[Any]) -> tuple[tuple[str, str, list[str]], ...]:
    """Return organisation, prefix and benches where several give tags and none has a block."""
    return tuple(connection.execute(_UNBLOCKED).fetchall())


def elsewhere(
    connection: psycopg.Connection[Any], organisation: str, most: int
) -> Iterator[KnownThere]:
    """Yield the handsets that the store knows, at benches and on lists, `most` at most.

    What is in conflict goes first, then what a bench has in hand, then what is on a list, then what
    moved last: a copy among the rest is found when its bench asks the centre. Of those of other
    organisations only is said what shows a copy, and what is in hand.
    """
    with connection.cursor(binary=True) as cursor:
        for row in cursor.stream(_ELSEWHERE, {"its": organisation, "most": most}):
            yield _there(row)


def _person(row: tuple[Any, ...]) -> SentPerson:
    person, role, standing, name, badge, pin, pepper = row
    return SentPerson(
        person, Role(role), Standing(standing), name,
        None if badge is None else Badge(badge),
        None if pin is None else SentPin(pin, pepper),
    )  # fmt: skip


def _there(row: tuple[Any, ...]) -> KnownThere:
    imei, serial, place, is_bench, phase, since, in_hand, in_conflict = row
    return KnownThere(
        imei, _serial(serial), Place(is_bench, UNNAMED if place is None else place),
        phase if phase and is_phase(phase) else "", max(since or 0, 0), in_hand, in_conflict,
    )  # fmt: skip


def _serial(text: str | None) -> str:
    """A bench may have written anything; what is no serial number tells nothing."""
    try:
        return str(SerialNumber.parse(text)) if text else ""
    except IdentifierError:
        return ""
