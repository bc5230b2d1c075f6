"""Gathering the parts of each bench's next release; those of one organisation are read once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from bench.custody.people.roles import Role, Standing
from bench.inventory.releases.form import FormError, unusable
from bench.inventory.releases.limits import refuse_large, refuse_large_part
from bench.inventory.releases.making import contents
from bench.inventory.releases.making.contents import KnownBench, SentTo
from bench.inventory.releases.parts import orders, people, profiles, tags
from bench.inventory.releases.parts.kinds import VERSIONS, Kind, read_part
from bench.inventory.releases.parts.people import SentPerson
from bench.inventory.releases.parts.tags import SentTags
from bench.inventory.releases.release import PartLine
from bench.problems import ProblemError

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True, slots=True)
class Part:
    """A part's line, and its text where that may not be in the store yet."""

    line: PartLine
    text: str = field(default="", repr=False)

    @classmethod
    def of(cls, kind: Kind, text: str) -> Self:
        """Make a part; `ProblemError` RELEASE_UNUSABLE for one that no bench would take."""
        data = text.encode()
        digest = hashlib.sha256(data).hexdigest()
        line = PartLine(kind.value, VERSIONS[kind], digest, len(data))
        try:
            refuse_large_part(line)
            read_part(line, text)
        except FormError as error:
            raise unusable(kind, str(error)) from error
        return cls(line, text)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a bench's next release is to have; `active` are whom it sends, by pseudonym."""

    parts: Mapping[str, Part]
    active: tuple[str, ...] = ()

    def refuse_large(self) -> None:
        """Raise `ProblemError` RELEASE_UNUSABLE where no bench would take all of it."""
        try:
            refuse_large([each.line for each in self.parts.values()])
        except FormError as error:
            raise unusable("release", str(error)) from error


class Gathering:
    """What the store has for benches, in one publishing.

    What is wrong with a part of an organisation's is raised for each of its benches: none gets a
    release without that part.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._prefixes = contents.prefixes(connection)
        self._people: dict[str, tuple[SentTo, ...]] = {}
        self._parts: dict[str, Mapping[str, Part] | ProblemError] = {}

    def gathered(self, bench: KnownBench) -> Gathered:
        """Return the parts but for those known elsewhere; what is empty is none.

        Raises `ProblemError` RELEASE_UNUSABLE for a part that no bench would take.
        """
        found = dict(self._of_all(bench.organisation))
        sent = self._sent_to(bench)
        if sent:
            found[Kind.PEOPLE.value] = Part.of(Kind.PEOPLE, people.written(sent))
        if self._prefixes:
            its = SentTags(contents.blocks(self._connection, bench), self._prefixes)
            found[Kind.TAGS.value] = Part.of(Kind.TAGS, tags.written(its))
        active = (each.person for each in sent if each.standing is Standing.ACTIVE)
        return Gathered(found, tuple(active))

    def _sent_to(self, bench: KnownBench) -> tuple[SentPerson, ...]:
        known = {each.person.person: each for each in self._of_organisation(bench.organisation)}
        sent = {
            person: each.person
            for person, each in known.items()
            if not each.benches or bench.name in each.benches
        }
        for person in contents.ever_sent(self._connection, bench):
            role = known[person].person.role if person in known else Role.TECHNICIAN
            sent.setdefault(person, SentPerson(person, role, Standing.RETIRED, ""))
        return tuple(sent.values())

    def _of_organisation(self, its: str) -> tuple[SentTo, ...]:
        if its not in self._people:
            self._people[its] = contents.people(self._connection, its)
        return self._people[its]

    def _of_all(self, its: str) -> Mapping[str, Part]:
        if its not in self._parts:
            try:
                self._parts[its] = self._read(its)
            except ProblemError as error:
                self._parts[its] = error
        found = self._parts[its]
        if isinstance(found, ProblemError):
            raise ProblemError(found.problem)
        return found

    def _read(self, its: str) -> Mapping[str, Part]:
        found = {}
        if its_orders := contents.orders(self._connection, its):
            found[Kind.ORDERS.value] = Part.of(Kind.ORDERS, orders.written(its_orders))
        if its_profiles := contents.profiles(self._connection, its):
            found[Kind.PROFILES.value] = Part.of(Kind.PROFILES, profiles.written(its_profiles))
        return found
