"""What a bench has of the centre while it works: the exchange, and what was sent down last.

On the bench's loop. What the centre cannot be asked just now is answered from the last release, and
what is taken down while the bench works is used from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.events.central import CentreHeard, CentreState, CentreView, Sighting
from bench.events.device import ProblemRaised
from bench.identity.identifiers import Imei, SerialNumber
from bench.inventory.desk.desk import CentreDesk
from bench.inventory.releases.taking.delivered import Delivered
from bench.inventory.sync import freezing
from bench.ports import Clock, Post
from bench.problems import Problem, ProblemError

NOT_ASKED = CentreView(CentreState.WAITING, None)
"""How a bench stands with the centre before its exchange has said a word."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whose outpost it is: the record and its epoch, and the command that runs the exchange.

    `publishes` says that the centre sends releases down: then no asset tag is given that it did not
    give first. `freeze` stops the record, for the reason it is told. `welcome` takes over whoever a
    release names, and returns what is wrong about them.
    """

    record: Path
    epoch: int
    words: Sequence[str]
    publishes: bool
    freeze: Callable[[str], None]
    welcome: Callable[[Delivered], tuple[Problem, ...]]


class BenchOutpost:
    """Implements staging's port `Outpost`; `close` it after its last use."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site = site
        self._delivered = Delivered.read(site.record)
        self._troubles = site.welcome(self._delivered)
        self._desk = CentreDesk(
            site.words,
            clock,
            epoch=site.epoch,
            on_freeze=lambda reason: site.freeze(freezing.because(reason)),
            on_release=self._released,
        )

    def close(self) -> None:
        """Let go of what was sent down."""
        self._delivered.close()

    # ── the exchange ────────────────────────────────────────────────────────────────────────────
    async def follow(self, post: Post) -> None:
        """Exchange with the centre until cancelled; first say what was wrong about a release.

        There is a centre: that it was not asked yet is said, and is not that there is none.
        """
        post(CentreHeard(NOT_ASKED))
        for problem in self._troubles:
            post(ProblemRaised(problem))
        await self._desk.follow(post)

    def wake(self) -> None:
        """Know that something was committed, and waits to be sent."""
        self._desk.wake()

    def look_now(self) -> None:
        """Send what waits at once."""
        self._desk.look_now()

    async def sightings(self, imeis: tuple[Imei, ...]) -> tuple[Sighting, ...]:
        """Return where other benches have these: by the centre, or by what it sent down last."""
        try:
            return await self._desk.sightings(imeis)
        except ProblemError:
            return self._delivered.sightings(imeis)

    # ── what was sent down ──────────────────────────────────────────────────────────────────────
    def other_than(self, imeis: Sequence[Imei], serial: SerialNumber) -> str:
        """Return where one of the IMEIs is known as another handset's, in plain words, or ""."""
        return self._delivered.other_than(imeis, serial)

    def blocks(self, prefix: str) -> Sequence[range] | None:
        """Return the numbers that this bench may give under a prefix, None for any."""
        found = self._delivered.blocks(prefix)
        return () if found is None and self._is_unsupplied() else found

    def _is_unsupplied(self) -> bool:
        return self._site.publishes and not self._delivered.number

    def _released(self, _: int) -> None:
        newest = Delivered.read(self._site.record)
        self._delivered.close()
        self._delivered = newest
        for problem in self._site.welcome(newest):
            raise ProblemError(problem)
