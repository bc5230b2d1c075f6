"""Goods-in, by keys and scans: files, cartons with all that can be odd, the earlier fleet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.events.desks import Workspace
from tests.peers.rollout.hands import Hands
from tests.peers.rollout.supplier import DESPATCH, OTHER_TYPE, Supplier, carton_code, imei

LATE, LOST, DAMAGED, COPIED, DEAD, MISPLACED = 2, 3, 4, 5, 6, 7
"""Handsets of the first two cartons with something odd about each."""


@dataclass
class GoodsIn:
    """Whoever takes in what was ordered."""

    hands: Hands
    supplier: Supplier
    folder: Path

    @property
    def well(self) -> list[int]:
        """The new handsets that are staged: all but those that were lost, damaged or dead."""
        out = {LOST, DAMAGED, DEAD}
        return [number for number in range(1, self.supplier.stray + 1) if number not in out]

    def take_in_files(self) -> None:
        """Take in what supplier, operator and force sent; the file of the order twice."""
        files = self.supplier.write(self.folder)
        for file in files:
            self._take_in(file)
            assert "new" in self.hands.answer, self.hands.answer
        self._take_in(files[0])
        assert "taken" in self.hands.answer, self.hands.answer

    def _take_in(self, file: Path) -> None:
        self.hands.go(Workspace.GOODS_IN, "take-in")
        self.hands.write(str(file))
        assert self.hands.desk.choices, f"{self.hands.desk.prompt} {self.hands.answer}"
        self.hands.choose("take")

    def count_in(self) -> None:
        """Count every carton in; the first has all that can be odd about one."""
        hands = self.hands
        hands.go(Workspace.GOODS_IN, "count")
        hands.scan(carton_code(0))
        self._count(1)
        self._odd_ones()
        for place, carton in enumerate(self.supplier.cartons[1:], start=1):
            hands.scan(carton_code(place))
            for number in carton:
                if number != MISPLACED:
                    self._count(number)

    def _odd_ones(self) -> None:
        hands = self.hands
        hands.choose("damaged")
        hands.scan(imei(DAMAGED))
        hands.choose("handset-damaged")
        self._count(COPIED)
        hands.pause()
        hands.scan(imei(COPIED))
        hands.choose("another")
        hands.choose("copied-number")
        self._settle(MISPLACED, "packed-elsewhere")  # over: it was announced in the next carton
        self._settle(self.supplier.stray, "packed-elsewhere")  # of another order
        self._settle(self.supplier.stray + 1, "supplier-asked")  # unknown: set aside
        self._settle(OTHER_TYPE + 1, "wrong-model")
        self._count(DEAD)
        hands.choose("close")
        hands.choose("singly")
        hands.choose("comes-later")
        hands.choose("lost")
        assert hands.was_taken, hands.answer

    def _count(self, number: int) -> None:
        self.hands.take(imei(number), "counted")

    def _settle(self, number: int, choice: str) -> None:
        self.hands.scan(imei(number))
        self.hands.choose(choice)
        assert self.hands.was_taken, self.hands.answer

    def sort_out(self) -> None:
        """What was awaited comes, what was set aside goes back; one handset does not switch on."""
        hands = self.hands
        hands.go(Workspace.GOODS_IN, "count")
        hands.scan(DESPATCH)
        self._count(LATE)
        hands.go(Workspace.GOODS_IN, "dead-on-arrival")
        hands.scan(imei(DEAD))
        hands.choose("no-power")
        assert hands.was_taken, hands.answer
        hands.go(Workspace.GOODS_IN, "open")
        hands.scan(imei(self.supplier.stray + 1))
        hands.choose("not-ours")
        assert hands.was_taken, hands.answer

    def count_fleet(self) -> None:
        """Count the handsets in that were in use before."""
        self.hands.go(Workspace.GOODS_IN, "fleet")
        for number in self.supplier.fleet:
            self._count(number)
        desk = self.hands.desk
        assert (desk.done, desk.total) == (len(self.supplier.fleet),) * 2

    def report(self) -> Path:
        """Write the report of discrepancies as a table; return it."""
        self.hands.go(Workspace.GOODS_IN, "odd", "csv")
        (path,) = (self.folder / "papers").glob("discrepancies-*.csv")
        return path
