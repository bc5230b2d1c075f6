"""Publishing: a release for each bench for which there is something new.

Any number of publishers may run; one works at a time, with a transaction for each bench. What no
release names any more is removed, and what says people's names as soon as there is a newer one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from bench.custody.proof.checkpoint import Signing
from bench.custody.proof.note import SignedNote
from bench.inventory.releases.form import FormError, unusable
from bench.inventory.releases.making import contents
from bench.inventory.releases.making.contents import KnownBench, SentTo
from bench.inventory.releases.making.fitting import fitted
from bench.inventory.releases.making.storing import Store
from bench.inventory.releases.parts import elsewhere, orders, people, profiles, tags
from bench.inventory.releases.parts.kinds import VERSIONS, Kind, read_part
from bench.inventory.releases.parts.tags import SentTags
from bench.inventory.releases.release import PartLine, Receipt, Release, origin_for
from bench.inventory.releases.signing import publisher_key, sign

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often there is something new, where only time says so.

    `top_up` is how many percent of its last block of asset tags a bench may have left before it is
    given another of the same size; 0 for never.
    """

    elsewhere: timedelta = timedelta(hours=1)
    receipt: timedelta = timedelta(days=1)
    top_up: int = 20


@dataclass(frozen=True, slots=True)
class Published:
    """A release that was made, and the kinds of its parts that are new."""

    bench: str
    number: int
    new: tuple[str, ...]


class Publisher:
    """Makes releases over a connection of staging_service's, in autocommit."""

    def __init__(
        self, connection: psycopg.Connection[Any], key: Signing, cadence: Cadence | None = None
    ) -> None:
        self._connection = connection
        self._store = Store(connection)
        self._key = key
        self._cadence = cadence or Cadence()

    def publish(self, now: datetime, only: str = "") -> tuple[Published, ...]:
        """Make what is new, for one bench or for all; what is made for one bench is kept at once.

        `psycopg.Error` where the store fails: what was made so far is kept.
        """
        with self._store.turn():
            with self._connection.transaction():
                self._store.see_tags()
                self._store.top_up(self._cadence.top_up)
                known = self._elsewhere(now)
            made = tuple(self._each(known, now, only))
            with self._connection.transaction():
                self._store.prune()
        return made

    def _each(self, known: PartLine, now: datetime, only: str) -> Iterator[Published]:
        shared = _Shared(self._connection)
        for bench in contents.benches(self._connection, only):
            with self._connection.transaction():
                parts = shared.parts(bench) | {Kind.ELSEWHERE.value: _Part(known)}
                made = self._for(bench, parts, now)
            if made is not None:
                yield made

    def _for(
        self, bench: KnownBench, parts: Mapping[str, _Part], now: datetime
    ) -> Published | None:
        last, received = self._store.last(bench), contents.receipt(self._connection, bench)
        before = {line.kind: line for line in last[0].parts} if last else {}
        new = tuple(sorted(kind for kind, part in parts.items() if before.get(kind) != part.line))
        same = not new and before.keys() == parts.keys()
        if last and same and not self._due(last, bench, received, now):
            return None
        for part in parts.values():
            if part.text:
                self._store.keep_part(part.line, part.text)
        lines = tuple(parts[kind].line for kind in sorted(parts))
        number = self._store.next_number(bench)
        origin = origin_for(bench.organisation, bench.name)
        release = Release(origin, number, now, lines, received)
        self._store.keep(bench, release, sign(release, bench.organisation, self._key))
        return Published(bench.name, number, new)

    def _due(
        self, last: tuple[Release, SignedNote], bench: KnownBench, received: Receipt, now: datetime
    ) -> bool:
        """Whether a release is due whose parts are those of the last.

        What was received moved, and a day ago; or another key signs now.
        """
        release, note = last
        if not note.signatures_of(publisher_key(bench.organisation, self._key)):
            return True
        return received != release.receipt and now - release.made_at >= self._cadence.receipt

    def _elsewhere(self, now: datetime) -> PartLine:
        newest = self._store.elsewhere()
        if newest is not None and now - newest[1] < self._cadence.elsewhere:
            return newest[0]
        text = elsewhere.written(fitted(contents.elsewhere(self._connection)))
        return self._store.keep_elsewhere(line_of(Kind.ELSEWHERE, text), text, now)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part's line, and its text where that may not be in the store yet."""

    line: PartLine
    text: str = field(default="", repr=False)

    @classmethod
    def of(cls, kind: Kind, text: str) -> Self:
        """Make a part; `ProblemError` RELEASE_UNUSABLE for one that no bench would take."""
        line = line_of(kind, text)
        try:
            read_part(line, text)
        except FormError as error:
            raise unusable(kind, str(error)) from error
        return cls(line, text)


class _Shared:
    """The parts of benches, those of one organisation read once."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._prefixes = contents.prefixes(connection)
        self._people: dict[str, tuple[SentTo, ...]] = {}
        self._parts: dict[str, dict[str, _Part]] = {}

    def parts(self, bench: KnownBench) -> dict[str, _Part]:
        """Return the parts of a bench but for those known elsewhere; what is empty is none."""
        found = dict(self._of_all(bench.organisation))
        sent = [
            each.person
            for each in self._people[bench.organisation]
            if not each.benches or bench.name in each.benches
        ]
        if sent:
            found[Kind.PEOPLE.value] = _Part.of(Kind.PEOPLE, people.written(sent))
        if self._prefixes:
            its = SentTags(contents.blocks(self._connection, bench), self._prefixes)
            found[Kind.TAGS.value] = _Part.of(Kind.TAGS, tags.written(its))
        return found

    def _of_all(self, its: str) -> dict[str, _Part]:
        if its not in self._parts:
            self._people[its] = contents.people(self._connection, its)
            self._parts[its] = found = {}
            if its_orders := contents.orders(self._connection, its):
                found[Kind.ORDERS.value] = _Part.of(Kind.ORDERS, orders.written(its_orders))
            if its_profiles := contents.profiles(self._connection, its):
                text = profiles.written(its_profiles)
                found[Kind.PROFILES.value] = _Part.of(Kind.PROFILES, text)
        return self._parts[its]


def line_of(kind: Kind, text: str) -> PartLine:
    """Return the line by which a release names a part."""
    data = text.encode()
    return PartLine(kind.value, VERSIONS[kind], hashlib.sha256(data).hexdigest(), len(data))
