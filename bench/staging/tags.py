"""Which asset tag a handset gets: the next one of those that are this bench's to give.

Where a centre gives out blocks of numbers, no two benches have one number. A bench that was given
none counts up by itself, under a prefix of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from bench.custody import queries
from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.identity.identifiers import AssetTag
from bench.problems import Problem, ProblemCode, ProblemError
from bench.staging.enrolled import asked


class TagBlocks(Protocol):
    """Which numbers the centre gave this bench."""

    def blocks(self, prefix: str) -> Sequence[range] | None:
        """Return them for a prefix, in the order they are to be used; None: any, counting up."""
        ...


class AnyNumber:
    """The port `TagBlocks` of a bench to which nobody gives numbers."""

    def blocks(self, prefix: str) -> Sequence[range] | None:  # noqa: ARG002
        """Say that it counts by itself."""
        return None


class Tags:
    """Gives tags of one prefix. On the bench's loop."""

    def __init__(self, ledger: Ledger, prefix: str, numbers: TagBlocks | None = None) -> None:
        self._ledger = ledger
        self._prefix = prefix
        self._numbers = numbers or AnyNumber()
        self._given: set[int] | None = None
        self._last: dict[range, int] = {}

    def next(self) -> AssetTag:
        """Return the next one; `ProblemError` TAGS_USED_UP where the blocks are."""
        above = self._ledger.next_asset_tag(self._prefix)
        blocks = self._numbers.blocks(self._prefix)
        if blocks is None:
            return above
        number = next(self._free(blocks, int(above.number)), None)
        if number is None:
            raise ProblemError(Problem(ProblemCode.TAGS_USED_UP, self._prefix))
        return AssetTag.numbered(self._prefix, number)

    def note(self, entries: Sequence[Entry]) -> None:
        """Take in what was written."""
        for entry in entries:
            tag = entry.device.asset_tag if entry.device else None
            if tag and tag.prefix == self._prefix and self._given is not None:
                self._give(int(tag.number))

    def _give(self, number: int) -> None:
        assert self._given is not None, "read before anything is added"
        self._given.add(number)
        for block in self._last:
            if number in block:
                self._last[block] = max(self._last[block], number)

    def _free(self, blocks: Sequence[range], above: int) -> Iterator[int]:
        """Yield the first free number of each block: above all of it that were ever given.

        `above` is that of the whole prefix, also where what gave the last one was lost.
        """
        for block in blocks:
            last = self._last_of(block)
            if above - 1 in block:
                last = max(last, above - 1)
            if last + 1 in block:
                yield last + 1

    def _last_of(self, block: range) -> int:
        if self._given is None:
            self._given = asked(self._ledger, lambda each: queries.tags_given(each, self._prefix))
        if block not in self._last:
            within = (number for number in self._given if number in block)
            self._last[block] = max(within, default=block.start - 1)
        return self._last[block]
