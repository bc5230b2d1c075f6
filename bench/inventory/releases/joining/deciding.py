"""What follows for a bench from the people that a release names. Pure.

Only whom it names is touched. What the bench decided for itself stands: who is locked stays locked,
who left or was erased here does not come back, and the last supervisor stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bench.custody.people.badge import Badge
from bench.custody.people.roles import Role, Standing
from bench.custody.people.roster import Person
from bench.inventory.releases.parts.people import SentPerson


@dataclass(frozen=True, slots=True)
class Join:
    """Enrol someone; `pin` is encoded under this bench's pepper, None where one has to be set."""

    person: str
    name: str = field(repr=False)
    role: Role
    badge: Badge | None
    pin: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangeRole:
    """Give someone another role."""

    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class Leave:
    """Let someone go."""

    person: str


@dataclass(frozen=True, slots=True)
class GiveBadge:
    """Give someone another badge."""

    person: str
    badge: Badge


@dataclass(frozen=True, slots=True)
class GivePin:
    """Give someone who has none here their encoded PIN."""

    person: str
    pin: str = field(repr=False)


Step: TypeAlias = "Join | ChangeRole | Leave | GiveBadge | GivePin"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Someone for whom this bench does something else than it was sent, and why, for a person."""

    person: str
    why: str


@dataclass(frozen=True, slots=True)
class Here:
    """Who there is at a bench, by pseudonym.

    `badges` leads the UID of each badge that was sent to whose it is here, as far as it is known.
    """

    people: Mapping[str, Person]
    badges: Mapping[str, str]


def steps(sent: Iterable[SentPerson], here: Here, pepper: str) -> Iterator[Step | LeftOut]:
    """Yield what is to be done, in an order in which each step can be done.

    Who becomes a supervisor comes first; who leaves comes before badges are given. `pepper` names
    this bench's (`pepper_id`); PINs under another are of no use here. Once all is done, nothing is.
    """
    named = tuple(sorted(sent, key=lambda each: _rank(each, here)))
    staying = _supervisors(here)
    for each in named:
        known = here.people.get(each.person)
        if known is None:
            yield from _new(each, here, pepper)
        elif known.standing in (Standing.RETIRED, Standing.ERASED):
            if each.standing is Standing.ACTIVE:
                yield LeftOut(each.person, f"was {known.standing} here and does not come back")
        elif _ends_supervising(each, known) and staying == {each.person}:
            yield LeftOut(each.person, "is the last supervisor here who can act")
        else:
            if _ends_supervising(each, known):
                staying.discard(each.person)
            elif each.role is Role.SUPERVISOR and _can_sign_in(known):
                staying.add(each.person)
            yield from _changed(each, known, here, pepper)


def _rank(each: SentPerson, here: Here) -> tuple[int, str]:
    """New supervisors first: another is never missing. Who leaves, before badges change hands."""
    known = here.people.get(each.person)
    becomes = each.role is Role.SUPERVISOR and each.standing is Standing.ACTIVE
    if becomes and known is not None and known.role is not Role.SUPERVISOR:
        return 0, each.person
    if each.standing is Standing.RETIRED:
        return 1, each.person
    return 2 if known is not None else 3, each.person


def has_supervisor(here: Here) -> bool:
    """Whether a supervisor of this bench could sign in: without one nobody could let others in."""
    return bool(_supervisors(here))


def _supervisors(here: Here) -> set[str]:
    known = here.people.values()
    return {each.id for each in known if each.role is Role.SUPERVISOR and _can_sign_in(each)}


def _can_sign_in(known: Person) -> bool:
    """Whoever was sent without a PIN cannot yet, and without somebody who can, never could."""
    return known.may_act and (known.key is not None or (known.has_badge and known.has_pin))


def _ends_supervising(each: SentPerson, known: Person) -> bool:
    stays = each.standing is Standing.ACTIVE and each.role is Role.SUPERVISOR
    return known.role is Role.SUPERVISOR and not stays


def _new(each: SentPerson, here: Here, pepper: str) -> Iterator[Step | LeftOut]:
    if each.standing is not Standing.ACTIVE:
        return
    badge = each.badge
    if badge is not None and here.badges.get(badge.uid):
        yield LeftOut(each.person, "has a badge that is another's here")
        badge = None
    yield Join(each.person, each.name, each.role, badge, _pin(each, pepper))


def _changed(each: SentPerson, known: Person, here: Here, pepper: str) -> Iterator[Step | LeftOut]:
    if each.standing is Standing.RETIRED:
        yield Leave(each.person)
        return
    if each.role is not known.role:
        yield ChangeRole(each.person, each.role)
    if each.badge is not None:
        holder = here.badges.get(each.badge.uid, "")
        if not holder:
            yield GiveBadge(each.person, each.badge)
        elif holder != each.person:
            yield LeftOut(each.person, "has a badge that is another's here")
    pin = _pin(each, pepper)
    if pin is not None and not known.has_pin:
        yield GivePin(each.person, pin)


def _pin(each: SentPerson, pepper: str) -> str | None:
    return each.pin.encoded if each.pin is not None and each.pin.pepper == pepper else None
