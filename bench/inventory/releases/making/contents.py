"""What the store has for a bench, read into the values that parts are made of. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.custody.people.badge import Badge
from bench.custody.people.roles import Role, Standing
from bench.identity.identifiers import IdentifierError, SerialNumber
from bench.inventory.releases.parts.elsewhere import KnownThere, Place, is_phase
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.parts.people import SentPerson, SentPin
from bench.inventory.releases.parts.profiles import SentProfile
from bench.inventory.releases.parts.tags import TagBlock
from bench.inventory.releases.release import Receipt

if TYPE_CHECKING:
    import psycopg

_AT_BENCHES = """SELECT imei, serial, bench, phase, in_hand, in_conflict,
  extract(epoch FROM since)::bigint FROM custody.known_elsewhere"""
_BLOCKS = """SELECT b.prefix, greatest(b.first, coalesce(max(u.highest) + 1, 0)), b.last
  FROM custody.tag_block b JOIN custody.bench USING (bench_no)
  LEFT JOIN custody.tag_used u ON u.prefix = b.prefix AND u.last = b.last AND u.epoch < bench.epoch
  WHERE b.bench_no = %s GROUP BY b.prefix, b.last ORDER BY b.prefix, b.last"""
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


def orders(connection: psycopg.Connection[Any], organisation: str) -> tuple[Order, ...]:
    """Return an organisation's orders."""
    rows = connection.execute(
        "SELECT number, model, count, supplier, due, closed FROM custody.order_line"
        " WHERE organisation = %s",
        (organisation,),
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
    """Return a bench's blocks without what it gave in earlier epochs: it may not remember."""
    found = (TagBlock(*row) for row in connection.execute(_BLOCKS, (bench.number,)))
    return tuple(each for each in found if each.first <= each.last)


def elsewhere(connection: psycopg.Connection[Any]) -> Iterator[KnownThere]:
    """Yield every handset that the store knows, at benches and on lists."""
    known = connection.execute("SELECT to_regclass('custody.known_elsewhere') IS NOT NULL")
    if (row := known.fetchone()) and row[0]:
        for row in connection.execute(_AT_BENCHES):
            yield _at_bench(row)
    listed = connection.execute("SELECT imei, serial, place FROM custody.known_handset")
    for imei, serial, place in listed:
        yield KnownThere(imei, _serial(serial), Place(is_bench=False, name=place))


def _person(row: tuple[Any, ...]) -> SentPerson:
    person, role, standing, name, badge, pin, pepper = row
    return SentPerson(
        person, Role(role), Standing(standing), name,
        None if badge is None else Badge(badge),
        None if pin is None else SentPin(pin, pepper),
    )  # fmt: skip


def _at_bench(row: tuple[Any, ...]) -> KnownThere:
    imei, serial, bench, phase, in_hand, in_conflict, since = row
    return KnownThere(
        imei, _serial(serial), Place(is_bench=True, name=bench),
        phase if phase and is_phase(phase) else "", max(since or 0, 0),
        bool(in_hand), bool(in_conflict),
    )  # fmt: skip


def _serial(text: str | None) -> str:
    """A bench may have written anything; what is no serial number tells nothing."""
    try:
        return str(SerialNumber.parse(text)) if text else ""
    except IdentifierError:
        return ""
