"""Publishing: a release for each bench for which there is something new.

Any number of publishers may run; one works at a time, with a transaction for each bench. What no
release names any more is removed, and what says people's names as soon as there is a newer one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bench.custody.proof.checkpoint import Signing
from bench.custody.proof.note import SignedNote
from bench.inventory.projections.taking import is_caught_up
from bench.inventory.releases.making import contents
from bench.inventory.releases.making.contents import KnownBench
from bench.inventory.releases.making.fitting import fitted
from bench.inventory.releases.making.gathering import Gathered, Gathering, Part
from bench.inventory.releases.making.storing import Store
from bench.inventory.releases.making.taking_over import allot
from bench.inventory.releases.parts import elsewhere
from bench.inventory.releases.parts.kinds import Kind
from bench.inventory.releases.release import PartLine, Receipt, Release, origin_for
from bench.inventory.releases.signing import publisher_key, sign
from bench.problems import CATALOGUE, Problem, ProblemError

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often there is something new, where only time says so.

    `top_up` is how many percent of its last block of asset tags a bench may have left before it is
    given another of the same size; 0 for never. `anew`: each bench gets a release, new or not.
    """

    elsewhere: timedelta = timedelta(hours=1)
    receipt: timedelta = timedelta(days=1)
    top_up: int = 20
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """A release that was made, and the kinds of its parts that are new."""

    bench: str
    number: int
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should know of a publishing; `is_refusal`: something was not made for it."""

    where: str
    what: str
    is_refusal: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Publisher:
    """Makes releases over a connection of staging_service's, in autocommit.

    `remarks` are those of the last publishing.
    """

    def __init__(
        self, connection: psycopg.Connection[Any], key: Signing, cadence: Cadence | None = None
    ) -> None:
        self._connection = connection
        self._store = Store(connection)
        self._key = key
        self._cadence = cadence or Cadence()
        self.remarks: list[Remark] = []

    def publish(self, now: datetime, only: str = "") -> tuple[Published, ...]:
        """Make what is new, for one bench or for all; what is made for one bench is kept at once.

        What cannot be made for one bench is a remark, and the others get theirs. `psycopg.Error`
        where the store fails: what was made so far is kept.
        """
        self.remarks = []
        with self._store.turn():
            with self._connection.transaction():
                self._store.see_tags()
                self._top_up()
                self._look_for_unblocked()
            made = tuple(self._each(now, only))
            with self._connection.transaction():
                self._store.prune()
        return made

    def _top_up(self) -> None:
        for bench, prefix, size in self._store.wanting(self._cadence.top_up):
            try:
                with self._connection.transaction():  # a savepoint
                    allot(self._connection, bench, prefix, size)
            except ProblemError as error:
                self._refused(f"{bench} {prefix}", error.problem)

    def _look_for_unblocked(self) -> None:
        for organisation, prefix, benches in contents.unblocked(self._connection):
            what = (
                f"{', '.join(benches)} give asset tags under {prefix} and none has a block of them:"
                " one number may be given twice (central tags allot)"
            )
            self.remarks.append(Remark(organisation, what))

    def _each(self, now: datetime, only: str) -> Iterator[Published]:
        gathering = Gathering(self._connection)
        for bench in contents.benches(self._connection, only):
            try:
                with self._connection.transaction():
                    known = Part(self._elsewhere(bench.organisation, now))
                with self._connection.transaction():
                    found = gathering.gathered(bench)
                    parts = {**found.parts, Kind.ELSEWHERE.value: known}
                    made = self._for(bench, replace(found, parts=parts), now)
            except ProblemError as error:
                self._refused(bench.name, error.problem)
                continue
            if made is not None:
                yield made

    def _for(self, bench: KnownBench, found: Gathered, now: datetime) -> Published | None:
        last, received = self._store.last(bench), contents.receipt(self._connection, bench)
        parts = found.parts
        before = {line.kind: line for line in last[0].parts} if last else {}
        new = tuple(sorted(kind for kind, part in parts.items() if before.get(kind) != part.line))
        same = not new and before.keys() == parts.keys()
        if last and same and not self._due(last, bench, received, now):
            return None
        found.refuse_large()
        for part in parts.values():
            if part.text:
                self._store.keep_part(part.line, part.text)
        lines = tuple(parts[kind].line for kind in sorted(parts))
        number = self._store.next_number(bench, now)
        origin = origin_for(bench.organisation, bench.name)
        release = Release(origin, number, now, lines, received)
        self._store.keep(bench, release, sign(release, bench.organisation, self._key))
        self._store.keep_sent(bench, found.active)
        return Published(bench.name, number, new)

    def _due(
        self, last: tuple[Release, SignedNote], bench: KnownBench, received: Receipt, now: datetime
    ) -> bool:
        """Whether a release is due whose parts are those of the last.

        What was received moved, and a day ago; or another key signs now; or it was asked for.
        """
        release, note = last
        if self._cadence.anew or not note.signatures_of(
            publisher_key(bench.organisation, self._key)
        ):
            return True
        return received != release.receipt and now - release.made_at >= self._cadence.receipt

    def _elsewhere(self, organisation: str, now: datetime) -> PartLine:
        newest = self._store.elsewhere(organisation)
        recent = newest is not None and now - newest[1] < self._cadence.elsewhere
        # months that a bench was away are not the present; what was sent before stands until then
        if newest is not None and (recent or not is_caught_up(self._connection)):
            return newest[0]
        most = elsewhere.MOST
        known = list(contents.elsewhere(self._connection, organisation, most + 1))
        if len(known) > most:
            what = f"over {most} handsets are known elsewhere; its benches are sent as many"
            self.remarks.append(Remark(organisation, what))
        part = Part.of(Kind.ELSEWHERE, elsewhere.written(fitted(known[:most])))
        return self._store.keep_elsewhere(organisation, part.line, part.text, now)

    def _refused(self, where: str, problem: Problem) -> None:
        what = f"{CATALOGUE[problem.code].what}: {problem.where}: {problem.detail}"
        self.remarks.append(Remark(where, what, is_refusal=True))
