"""Lists that a person imports at the centre: CSV, its columns named in the first line. Pure.

UTF-8, with or without byte order mark; a comma or a semicolon between the cells. A list is taken
over whole or not at all, so each fault is the problem LIST_UNUSABLE, which names the line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

from bench.custody.people.badge import Badge
from bench.custody.people.changes import new_id
from bench.custody.people.roles import Role
from bench.identity.identifiers import IdentifierError, bench_name
from bench.identity.plain import plain
from bench.inventory.releases.form import FormError
from bench.inventory.releases.making.contents import SentTo
from bench.inventory.releases.parts import orders, people
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.parts.people import SentPerson
from bench.problems import Problem, ProblemCode, ProblemError

LARGEST = 16 << 20
"""Bytes of a list at most."""
PEOPLE = ("person", "role", "standing", "name", "badge", "benches", "pin", "pepper")
ORDERS = ("order", "model", "count", "supplier", "due", "closed")
_YES, _NO = ("yes", "true", "1"), ("", "no", "false", "0")
_Row = Mapping[str, str]


def read(path: Path) -> bytes:
    """Read a list's file; `ProblemError` LIST_UNUSABLE."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise unusable(path.name, error.strerror or "it cannot be read") from error
    if len(data) > LARGEST:
        raise unusable(path.name, f"it has over {LARGEST} bytes")
    return data


def people_list(name: str, data: bytes, known: Mapping[str, str]) -> tuple[SentTo, ...]:
    """Return whom a list names; `known` leads the UID of each badge at the centre to whose it is.

    Without pseudonym someone is who has that badge, or somebody new. Columns: `role`, `name`, and
    as far as they are known the others of `PEOPLE`.
    """
    found = []
    for where, row in _rows(name, data, PEOPLE, needed=("role", "name")):
        try:
            found.append(_sent_to(row, known))
        except ValueError as error:
            raise unusable(where, str(error)) from None
    who = [each.person.person for each in found]
    badges = [each.person.badge for each in found if each.person.badge]
    if len({*who}) != len(who) or len({*badges}) != len(badges):
        raise unusable(name, "a person or a badge stands there twice")
    return tuple(found)


def orders_list(name: str, data: bytes) -> tuple[Order, ...]:
    """Return the lines of orders. Columns: `order`, `model`, `count`, and others of `ORDERS`."""
    found = []
    for where, row in _rows(name, data, ORDERS, needed=("order", "model", "count")):
        try:
            found.append(_order(row))
        except ValueError as error:
            raise unusable(where, str(error)) from None
    if len({(each.number, each.model) for each in found}) != len(found):
        raise unusable(name, "an order has a model twice")
    return tuple(found)


def unusable(where: str, detail: str) -> ProblemError:
    """Return why a list cannot be taken over."""
    return ProblemError(Problem(ProblemCode.LIST_UNUSABLE, where, plain(detail, 200)))


# ── a line ──────────────────────────────────────────────────────────────────────────────────────
def _sent_to(row: _Row, known: Mapping[str, str]) -> SentTo:
    badge = Badge.parse(row["badge"]) if row.get("badge") else None
    person = row.get("person", "")
    if not person and badge is None:
        raise FormError("it names neither a person by pseudonym nor a badge")
    said = SentPerson(
        _pseudonym(person or known.get(badge.uid if badge else "", "") or new_id()),
        _role(row["role"]),
        people.standing_of(row.get("standing") or "active"),
        _short(row["name"], people.LONGEST, "the name"),
        badge,
        people.sent_pin(row["pin"], row.get("pepper", "")) if row.get("pin") else None,
    )
    return SentTo(said, frozenset(_bench(each) for each in row.get("benches", "").split()))


def _order(row: _Row) -> Order:
    number, model = (_needed(row[key], orders.LONGEST, f"the {key}") for key in ("order", "model"))
    if not row["count"].isascii() or not row["count"].isdigit():
        raise FormError("the count is no number")
    count = int(row["count"][:8])
    if not 1 <= count <= orders.MOST_HANDSETS:
        raise FormError(f"the count is not from 1 to {orders.MOST_HANDSETS}")
    supplier = _short(row.get("supplier", ""), orders.LONGEST, "the supplier")
    return Order(number, model, count, supplier, _day(row.get("due", "")), _flag(row))


def _pseudonym(text: str) -> str:
    if not people.PERSON.fullmatch(text):
        raise FormError("a pseudonym is p- and 12 hex digits; leave it empty for somebody new")
    return text


def _role(text: str) -> Role:
    try:
        return Role(text.casefold())
    except ValueError:
        raise FormError(f"a role is one of {', '.join(Role)}") from None


def _bench(text: str) -> str:
    try:
        return bench_name(text)
    except IdentifierError as error:
        raise FormError(error.reason) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise FormError("a day is spelled YYYY-MM-DD") from None


def _flag(row: _Row) -> bool:
    text = row.get("closed", "").casefold()
    if text not in (*_YES, *_NO):
        raise FormError("closed is yes or no")
    return text in _YES


def _needed(text: str, most: int, what: str) -> str:
    if not text:
        raise FormError(f"{what} is empty")
    return _short(text, most, what)


def _short(text: str, most: int, what: str) -> str:
    if len(text) > most:
        raise FormError(f"{what} has over {most} characters")
    return plain(text, most)


# ── the lines ───────────────────────────────────────────────────────────────────────────────────
def _rows(
    name: str, data: bytes, columns: Collection[str], needed: Collection[str]
) -> Iterator[tuple[str, _Row]]:
    """Yield each line that is not empty under its headings, and what it is called in a problem."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise unusable(name, "it is not written in UTF-8") from None
    if "\x00" in text:
        raise unusable(name, "it has a character in it that no text has")
    first = text.partition("\n")[0]
    between = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        heads = [cell.strip().casefold() for cell in next(reader, [])]
        _refuse_heads(name, heads, columns, needed)
        for cells in reader:
            row = dict(zip(heads, (cell.strip() for cell in cells), strict=False))
            if any(row.values()):
                where = f"{name}, line {reader.line_num}"
                if len(cells) != len(heads):
                    raise unusable(where, f"it has {len(cells)} cells, not {len(heads)}")
                yield where, row
    except csv.Error as error:
        raise unusable(f"{name}, line {reader.line_num}", str(error)) from None


def _refuse_heads(
    name: str, heads: list[str], columns: Collection[str], needed: Collection[str]
) -> None:
    for each in needed:
        if each not in heads:
            raise unusable(name, f"its first line names no column {each}")
    for each in heads:
        if each not in columns or heads.count(each) > 1:
            raise unusable(name, f"a column is one of {', '.join(columns)}, each once")
