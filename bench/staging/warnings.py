"""What runs low is said before it is used up: asset tags, licences."""

from __future__ import annotations

from collections.abc import Sequence

from bench.custody.entries import Entry
from bench.events.orders import CustodyKind
from bench.problems import ProblemCode
from bench.staging.programme import CHANGES_POOLS, Programme
from bench.staging.showing import Show
from bench.staging.tags import Tags


class Warnings:
    """Lets what runs low stand as a problem, and clears it once there is more."""

    def __init__(self, show: Show, tags: Tags, programme: Programme) -> None:
        self._show = show
        self._tags = tags
        self._programme = programme

    def begin(self) -> None:
        """Look at what was low when the session began."""
        self._mind_licences()

    def note(self, entries: Sequence[Entry]) -> None:
        """Look again where something was taken."""
        kinds = {entry.kind for entry in entries}
        if CustodyKind.LABEL_QUEUED in kinds:
            self._mind_tags()
        if kinds & CHANGES_POOLS:
            self._mind_licences()

    def _mind_licences(self) -> None:
        for pool, low in self._programme.low().items():
            self._show.clear(ProblemCode.LICENCES_LOW, pool)
            if low:
                self._show.stand(low)

    def _mind_tags(self) -> None:
        self._show.clear(ProblemCode.TAGS_LOW, self._tags.prefix)
        if low := self._tags.running_out():
            self._show.stand(low)
