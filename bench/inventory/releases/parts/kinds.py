"""Which kinds of parts there are, and reading each: a text from the centre becomes values.

A kind that is not known is kept as it came and skipped: an older program gets on beside a newer
centre. A known kind of another version is not: half understood is worse than what was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bench.events.orders import Json
from bench.inventory.releases.form import FormError, parsed
from bench.inventory.releases.parts import elsewhere, orders, people, profiles, tags
from bench.inventory.releases.parts.elsewhere import SentElsewhere
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.parts.people import SentPerson
from bench.inventory.releases.parts.profiles import SentProfile
from bench.inventory.releases.parts.tags import SentTags
from bench.inventory.releases.release import PartLine


class Kind(StrEnum):
    """The parts that this program knows; the values stand in releases."""

    ELSEWHERE = "elsewhere"
    ORDERS = "orders"
    PEOPLE = "people"
    PROFILES = "profiles"
    TAGS = "tags"


Content: TypeAlias = (
    "SentElsewhere | tuple[Order, ...] | tuple[SentPerson, ...]"
    " | tuple[SentProfile, ...] | SentTags"
)


@dataclass(frozen=True, slots=True)
class _Form:
    version: int
    read: Callable[[str], Content]


def _in_members(version: int, read: Callable[[Json], Content]) -> _Form:
    """A part that is read at once; one that may be long reads its text by itself."""

    def of_text(text: str) -> Content:
        said = parsed(text)
        if type(said.get("v")) is not int or said["v"] != version:
            raise FormError("It is of another version than its line says.")
        return read(dict(said))

    return _Form(version, of_text)


_FORMS: Mapping[str, _Form] = {
    Kind.ELSEWHERE: _Form(elsewhere.VERSION, elsewhere.read),
    Kind.ORDERS: _in_members(orders.VERSION, orders.read),
    Kind.PEOPLE: _in_members(people.VERSION, people.read),
    Kind.PROFILES: _in_members(profiles.VERSION, profiles.read),
    Kind.TAGS: _in_members(tags.VERSION, tags.read),
}
VERSIONS: Mapping[str, int] = {kind: form.version for kind, form in _FORMS.items()}
"""The version of each kind that is read and written."""


def refuse_other_version(line: PartLine) -> None:
    """Raise `FormError` for a known kind of another version; before any of it is fetched."""
    version = VERSIONS.get(line.kind, line.version)
    if line.version != version:
        raise FormError(f"It is of version {line.version}; this program knows version {version}.")


def read_part(line: PartLine, text: str) -> Content | None:
    """Return what a part says, None for a kind that is not known; raises `FormError`."""
    form = _FORMS.get(line.kind)
    if form is None:
        return None
    refuse_other_version(line)
    return form.read(text)
