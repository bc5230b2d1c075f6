"""Which asset tag a handset gets: the next one of those that are this bench's to give.

Where a centre gives out blocks of numbers, no two benches have one number. A bench that was given
none counts up by itself, under a prefix of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
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


_LOW = 10
"""Percent of the last block: with fewer left it is time for another."""


class AnyNumber:
    """The port `TagBlocks` of a bench to which nobody gives numbers."""

    def blocks(self, prefix: str) -> Sequence[range] | None:  # noqa: ARG002
        """Say that it counts by itself."""
        return None


class Tags:
    """Gives tags of one prefix. On the bench's loop."""

    def __init__(self, ledger: Ledger, prefix: str, numbers: TagBlocks | None = None) -> None:
        self._ledger = ledger
        self.prefix = prefix
        self._numbers = numbers or AnyNumber()
        self._given: set[int] | None = None
        self._last: dict[range, int] = {}
        self._lost = 0

    def next(self, besides: AssetTag | None = None) -> AssetTag:
        """Return the next one, which is not `besides`: that waits to be recorded.

        `ProblemError` TAGS_USED_UP where the blocks are.
        """
        above = self._ledger.next_asset_tag(self.prefix)
        blocks = self._numbers.blocks(self.prefix)
        if blocks is None:
            return (
                AssetTag.numbered(self.prefix, int(above.number) + 1) if besides == above else above
            )
        number = next(self._free(blocks, int(above.number), besides), None)
        if number is None:
            raise ProblemError(Problem(ProblemCode.TAGS_USED_UP, self.prefix))
        return AssetTag.numbered(self.prefix, number)

    def running_out(self) -> Problem | None:
        """Say that few are left, less than a tenth of the last block; None where many are."""
        blocks = self._numbers.blocks(self.prefix)
        if not blocks:
            return None
        above = int(self._ledger.next_asset_tag(self.prefix).number)
        left = sum(len(self._above_all(block, above)) for block in blocks) - self._losses()
        if left * 100 >= len(blocks[-1]) * _LOW:
            return None
        return Problem(ProblemCode.TAGS_LOW, self.prefix, f"{max(left, 0)} are left")

    def note(self, entries: Sequence[Entry]) -> None:
        """Take in what was written."""
        for entry in entries:
            tag = entry.device.asset_tag if entry.device else None
            if tag and tag.prefix == self.prefix and self._given is not None:
                self._give(int(tag.number))

    def _give(self, number: int) -> None:
        assert self._given is not None, "read before anything is added"
        self._given.add(number)
        for block in self._last:
            if number in block:
                self._last[block] = max(self._last[block], number)
                self._lost = 0  # those that were lost lie below it

    def _free(self, blocks: Sequence[range], above: int, besides: AssetTag | None) -> Iterator[int]:
        """Yield the free numbers of the blocks: above all of each that were ever given.

        `above` is that of the whole prefix. Left out are as many as were given in events that were
        lost before this epoch: they may stand on labels.
        """
        free = (number for block in blocks for number in self._above_all(block, above))
        waits = int(besides.number) if besides and besides.prefix == self.prefix else 0
        return (number for number in islice(free, self._losses(), None) if number != waits)

    def _above_all(self, block: range, above: int) -> range:
        last = self._last_of(block)
        if above - 1 in block and not self._losses():
            last = max(last, above - 1)
        return range(last + 1, block.stop)

    def _last_of(self, block: range) -> int:
        if block not in self._last:
            within = (number for number in self._ever() if number in block)
            self._last[block] = max(within, default=block.start - 1)
        return self._last[block]

    def _losses(self) -> int:
        self._ever()
        return self._lost

    def _ever(self) -> set[int]:
        """Return every number that was ever given here; read once."""
        if self._given is None:
            self._given = asked(self._ledger, lambda each: queries.tags_given(each, self.prefix))
            lost = asked(self._ledger, lambda each: queries.tags_lost(each, self.prefix))
            self._lost = lost
        return self._given
