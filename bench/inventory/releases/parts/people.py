"""People: who may work at a bench. Personal data: wiped there as soon as it is taken over."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.custody.people.badge import PEPPER_BYTES, Badge, peppered
from bench.custody.people.roles import Role, Standing
from bench.events.orders import Json
from bench.inventory.releases.form import FormError, listed, members, spelled, text

VERSION = 1
MOST, LONGEST = 20_000, 100
PERSON = re.compile(r"p-[0-9a-f]{12}", re.ASCII)
_BADGE = re.compile(r"[0-9A-Z]{4,64}", re.ASCII)
_PIN = re.compile(r"\$argon2id\$[A-Za-z0-9+/=,$]{1,200}", re.ASCII)
_PEPPER = re.compile(r"[0-9a-f]{16}", re.ASCII)
_MEMBERS = ("badge", "name", "person", "pin", "role", "standing")


@dataclass(frozen=True, slots=True)
class SentPin:
    """An encoded PIN, and under which bench's pepper it was made (`pepper_id`)."""

    encoded: str = field(repr=False)
    pepper: str


@dataclass(frozen=True, slots=True)
class SentPerson:
    """Someone by pseudonym; `standing` is active or retired. Nothing else of them ever shows."""

    person: str
    role: Role
    standing: Standing
    name: str = field(repr=False)
    badge: Badge | None = None
    pin: SentPin | None = None


def pepper_id(pepper: bytes) -> str:
    """Return what names a bench's pepper (32 bytes) and tells nothing of it: 16 hex digits."""
    assert len(pepper) == PEPPER_BYTES, "a pepper"
    return peppered(pepper, "id", "pepper").hex()[:16]


def read(said: Json) -> tuple[SentPerson, ...]:
    """Read the part; raises `FormError`, in whose text nobody is named."""
    people = members(said, "people", "people", "v")["people"]
    found = tuple(map(_person, listed(people, "people", MOST)))
    badges = [each.badge.uid for each in found if each.badge]
    if len({each.person for each in found}) != len(found) or len({*badges}) != len(badges):
        raise FormError("people: a person or a badge stands there twice.")
    return found


def written(people: Iterable[SentPerson]) -> str:
    """Spell the part."""
    lines: list[Json] = [
        {
            "person": each.person, "role": each.role.value, "standing": each.standing.value,
            "name": each.name, "badge": each.badge.uid if each.badge else None,
            "pin": {"hash": each.pin.encoded, "pepper": each.pin.pepper} if each.pin else None,
        }
        for each in sorted(people, key=lambda each: each.person)
    ]  # fmt: skip
    return spelled({"v": VERSION, "people": lines})


def sent_pin(encoded: str, pepper: str) -> SentPin:
    """Return an encoded PIN and its pepper's name; `FormError` for what is none."""
    return SentPin(text(encoded, "a PIN", _PIN), text(pepper, "a PIN's pepper", _PEPPER))


def _person(value: Json) -> SentPerson:
    its = members(value, "a person", *_MEMBERS)
    badge = its["badge"]
    standing = standing_of(its["standing"])
    return SentPerson(
        text(its["person"], "a pseudonym", PERSON),
        _role(its["role"]),
        standing,
        text(its["name"], "a name", LONGEST),
        None if badge is None else Badge(text(badge, "a badge", _BADGE)),
        _pin(its["pin"]),
    )


def _role(value: Json) -> Role:
    try:
        return Role(str(value))
    except ValueError:
        raise FormError("a role: it is none that is known.") from None


def standing_of(value: Json) -> Standing:
    """Return a standing that can be sent down; `FormError` for any other."""
    for each in (Standing.ACTIVE, Standing.RETIRED):
        if value == each.value:
            return each
    raise FormError("a standing: it is neither active nor retired.")


def _pin(value: Json) -> SentPin | None:
    if value is None:
        return None
    its = members(value, "a PIN", "hash", "pepper")
    return sent_pin(str(its["hash"]), str(its["pepper"]))
