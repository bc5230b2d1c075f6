"""A roll-out from order file to signed hand-over and back, step by step, as people do it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.custody.chain import parse
from bench.stock.book.book import Book
from tests.peers.rollout.consignments_sent import Dispatch
from tests.peers.rollout.day_ended import DaysEnd
from tests.peers.rollout.delivery_counted import DAMAGED, DEAD, GoodsIn
from tests.peers.rollout.hands import Hands
from tests.peers.rollout.handsets_returned import Returns
from tests.peers.rollout.handsets_staged import Slots
from tests.peers.rollout.supplier import Supplier, imei

SCENARIOS = ("re-issue", "release", "unknown-history", "malware")
"""The reasons of a return, each for one handset; a fifth is lost and found."""


@dataclass
class Scenario:
    """What is done, in its order; `hands` do it."""

    hands: Hands
    supplier: Supplier
    folder: Path

    @cached_property
    def goods_in(self) -> GoodsIn:
        """Goods-in."""
        return GoodsIn(self.hands, self.supplier, self.folder)

    @cached_property
    def slots(self) -> Slots:
        """The slots."""
        return Slots(self.hands)

    @cached_property
    def dispatch(self) -> Dispatch:
        """Dispatch."""
        return Dispatch(self.hands)

    @cached_property
    def returns(self) -> Returns:
        """What came back."""
        return Returns(self.hands, self.folder)

    @cached_property
    def end(self) -> DaysEnd:
        """The end of the day."""
        return DaysEnd(self.hands, self.folder)

    @property
    def staged(self) -> int:
        """How many handsets are staged in all, the earlier fleet among them."""
        return len(self.goods_in.well) + len(self.supplier.fleet)

    def run(self) -> None:
        """Do all of it."""
        self.hands.prove(self.hands.line.technician)
        self._receive()
        tags = self._stage()
        self.dispatch.pack(tags)
        self.dispatch.hand_over(self.dispatch.consign(tags))
        self._take_back(tags[:5])

    def _receive(self) -> None:
        self.goods_in.take_in_files()
        self.goods_in.count_in()
        self.goods_in.sort_out()
        self.goods_in.count_fleet()

    def _stage(self) -> list[str]:
        first, second, *rest = self.goods_in.well
        tags = self.slots.mistake_sims(first, second)
        tags += self.slots.stage([*rest, *self.supplier.fleet])
        self.slots.swap_sim(rest[-1])
        return tags

    def _take_back(self, tags: list[str]) -> None:
        """One is staged anew and issued again, two are shredded, two are clean after all."""
        again, leaves, doubted, attacked, lost = tags
        for tag, scenario in zip(tags, SCENARIOS, strict=False):
            self.returns.take_back(tag, scenario)
        self.returns.lose(lost)
        self.returns.wipe(again)
        self.returns.wipe(leaves)
        self.returns.release(doubted, "clean")
        self.returns.release(lost, "mistaken")
        self.returns.release(imei(DAMAGED), "repaired")
        assert self.slots.stage([self.goods_in.well[0]]) == [again]
        self.dispatch.give([again])
        self.returns.dispose(leaves, attacked)
        self.returns.send_back(DEAD)

    # ── what the record and the book say of it ──────────────────────────────────────────────────
    def discrepancies(self) -> Counter[str]:
        """Return how many there were of each kind when they were first said."""
        said = (body["data"] for body in self.bodies("discrepancy"))
        return Counter(str(data["discrepancy"]) for data in said if "settles" not in data)

    def phases(self) -> Counter[str]:
        """Return how many handsets are in each phase, as the book has it."""
        line = self.hands.line
        asked = "SELECT phase, count(*) FROM handset GROUP BY phase"
        return Counter(dict(line.ask(lambda: line.book.connection.execute(asked).fetchall())))

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of a kind as the record has them."""
        line = self.hands.line
        every = line.ask(lambda: [e.body for e in line.ledger.events(0, 1_000_000)])
        bodies: list[dict[str, Any]] = [dict(parse(each)) for each in every]
        return [body for body in bodies if body["type"] == kind]

    def pages(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all that stands on the pages of the book."""
        line = self.hands.line
        return line.ask(lambda: _pages(line.book))

    def pages_refolded(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return what stands there when they are torn out and folded from the record anew."""
        line = self.hands.line

        def refold() -> dict[str, list[tuple[Any, ...]]]:
            line.book.tear_out()
            line.book.catch_up(line.ledger.events)
            return _pages(line.book)

        return line.ask(refold)


def _pages(book: Book) -> dict[str, list[tuple[Any, ...]]]:
    tables = [table for page in book.pages for table in page.tables]
    return {
        table: sorted(book.connection.execute(f"SELECT * FROM {table}"), key=repr)
        for table in tables
    }
