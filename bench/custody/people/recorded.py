"""What the record itself says of people: pure, from the events alone, without any table.

Roles are folded as they stood at each event, so what somebody may do later changes nothing about
what they did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.custody.chain import parse
from bench.custody.entries import Actor, Proof, SealedEvent
from bench.custody.people import roster
from bench.custody.people.roles import Role, Standing
from bench.custody.people.second_factor import SecurityKey
from bench.events.orders import CustodyKind, Json

if TYPE_CHECKING:
    import sqlite3

_STANDINGS = frozenset({CustodyKind.PERSON_ENROLLED, CustodyKind.PERSON_CHANGED})


@dataclass(frozen=True, slots=True)
class Recorded:
    """Someone as the events so far leave them."""

    role: Role
    standing: Standing
    key: SecurityKey | None = None


def people_after(
    people: Mapping[str, Recorded], body: Mapping[str, Json]
) -> Mapping[str, Recorded]:
    """Return who there is after one more event."""
    data = body.get("data")
    if not isinstance(data, dict):
        return people
    who, kind = data.get("person"), str(body.get("type"))
    if not isinstance(who, str) or (kind not in _STANDINGS and kind != CustodyKind.ERASED):
        return people
    if kind == CustodyKind.ERASED:
        known = people.get(who)
        return (
            people if known is None else {**people, who: replace(known, standing=Standing.ERASED)}
        )
    found = _recorded(data, people.get(who))
    return people if found is None else {**people, who: found}


def people_of(events: Iterable[SealedEvent]) -> Mapping[str, Recorded]:
    """Return who there is after all the events; those that cannot be read say nothing."""
    people: Mapping[str, Recorded] = {}
    for event in events:
        if b'"person"' in event.body:
            people = people_after(people, body_of(event))
    return people


def deviation(connection: sqlite3.Connection, people: Mapping[str, Recorded]) -> str:
    """Say how the table of people differs from what the record says of them; "" if not at all."""
    found = {each.id: each for each in roster.people(connection)}
    if unknown := sorted(found.keys() ^ people.keys()):
        return f"{unknown[0]} stands only in the table or only in the record"
    for who, said in people.items():
        row = found[who]
        if (row.role, row.standing) != (said.role, said.standing):
            return f"{who} is {row.role}, {row.standing}: recorded as {said.role}, {said.standing}"
        if row.standing in (Standing.ACTIVE, Standing.LOCKED) and row.key != said.key:
            return f"{who} has another key than the record says"
    return ""


def body_of(event: SealedEvent) -> Mapping[str, Json]:
    """Return what an event says; nothing when it cannot be read."""
    try:
        return parse(event.body)
    except ValueError:
        return {}


def actor_of(said: Json) -> Actor | None:
    """Read `actor` or `second` of a body."""
    if not isinstance(said, dict):
        return None
    who, how = said.get("id"), said.get("how")
    proofs = tuple(each.value for each in Proof)
    return Actor(who, Proof(how)) if isinstance(who, str) and how in proofs else None


def _recorded(data: Mapping[str, Json], before: Recorded | None) -> Recorded | None:
    key = before.key if before else None
    try:
        if "key" in data:
            key = SecurityKey.from_json(data["key"])
        return Recorded(Role(str(data.get("role"))), Standing(str(data.get("standing"))), key)
    except ValueError:
        return None
