"""A roll-out from order file to signed hand-over, step by step, as a technician does it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.custody.chain import parse
from bench.events.desks import Workspace
from tests.peers.rollout.hands import Hands
from tests.peers.rollout.supplier import (
    DESPATCH,
    OTHER_TYPE,
    Supplier,
    carton_code,
    iccid,
    imei,
)

LATE, LOST, DAMAGED, COPIED, DEAD, MISPLACED = 2, 3, 4, 5, 6, 7
"""Handsets of the first two cartons with something odd about each."""
SITE = "Example Station"
_IN_A_CONSIGNMENT = 50


@dataclass
class Scenario:
    """What is done, in its order; `hands` do it."""

    hands: Hands
    supplier: Supplier
    folder: Path

    @property
    def well(self) -> list[int]:
        """The handsets that are staged: all but those that were lost, damaged or dead."""
        out = {LOST, DAMAGED, DEAD}
        return [number for number in range(1, self.supplier.stray + 1) if number not in out]

    def run(self) -> None:
        """Do all of it."""
        self.take_in_files()
        self.count_in()
        self.sort_out()
        self.marry_sims()
        tags = self.stage()
        self.pack(tags)
        dockets = self.consign(tags)
        self.hand_over(dockets)

    # ── goods-in ────────────────────────────────────────────────────────────────────────────────
    def take_in_files(self) -> None:
        """Take in what supplier and operator sent; the file of the order twice."""
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
        self._settle(self.supplier.stray + 1, "not-ours")  # unknown
        self._settle(OTHER_TYPE + 1, "wrong-model")
        self._count(DEAD)
        hands.choose("close")
        hands.choose("singly")
        hands.choose("comes-later")
        hands.choose("lost")
        assert hands.was_taken, hands.answer

    def _count(self, number: int) -> None:
        self.hands.scan(imei(number))
        assert "counted" in self.hands.answer, self.hands.answer

    def _settle(self, number: int, choice: str) -> None:
        self.hands.scan(imei(number))
        self.hands.choose(choice)
        assert self.hands.was_taken, self.hands.answer

    def sort_out(self) -> None:
        """What was awaited comes; one handset does not switch on."""
        hands = self.hands
        hands.go(Workspace.GOODS_IN, "count")
        hands.scan(DESPATCH)
        self._count(LATE)
        hands.go(Workspace.GOODS_IN, "dead-on-arrival")
        hands.scan(imei(DEAD))
        hands.choose("no-power")
        assert hands.was_taken, hands.answer

    def marry_sims(self) -> None:
        """Marry each handset to a SIM; one that is in another handset is refused."""
        hands, first = self.hands, self.well[0]
        hands.go(Workspace.GOODS_IN, "marry-sims")
        for number in self.well:
            hands.scan(imei(number))
            if number != first:
                hands.scan(iccid(first))
                assert not hands.was_taken
            hands.scan(iccid(number))
            assert "married" in hands.answer, hands.answer

    # ── the slots ───────────────────────────────────────────────────────────────────────────────
    def stage(self) -> list[str]:
        """Stage them at the slots, box and label scanned; return their tags."""
        hands, line, tags = self.hands, self.hands.line, list[str]()
        hands.go(Workspace.BENCH)
        for number in self.well:
            path = line.plug(number)
            hands.scan(imei(number))
            assert hands.was_taken, hands.answer
            tags.append(line.finish_steps())
            hands.scan(tags[-1])
            assert hands.was_taken, hands.answer
            line.unplug(path)
        return tags

    # ── dispatch ────────────────────────────────────────────────────────────────────────────────
    def pack(self, tags: list[str]) -> None:
        """Pack and seal each; a seal that was used is refused."""
        hands = self.hands
        hands.go(Workspace.DISPATCH, "pack")
        for place, tag in enumerate(tags):
            hands.scan(tag)
            hands.choose("all")
            if place == 1:
                hands.scan(seal(0))
                assert not hands.was_taken
            hands.scan(seal(place))
            assert "sealed with" in hands.answer, hands.answer

    def consign(self, tags: list[str]) -> dict[str, list[str]]:
        """Fill and seal consignments; return by their names what is in them."""
        dockets = {}
        for first in range(0, len(tags), _IN_A_CONSIGNMENT):
            self.hands.go(Workspace.DISPATCH, "consign", "new")
            self._destination()
            inside = tags[first : first + _IN_A_CONSIGNMENT]
            for tag in inside:
                self.hands.scan(tag)
                assert "is in." in self.hands.answer, self.hands.answer
            dockets[self.hands.desk.title.split(" to ")[0]] = inside
            self.hands.choose("close")
            self.hands.scan(consignment_seal(first))
            assert self.hands.was_taken, self.hands.answer
            self._leave()
        return dockets

    def _destination(self) -> None:
        known = [choice.name for choice in self.hands.desk.choices]
        if f"site:{SITE}" in known:
            self.hands.choose(f"site:{SITE}")
        else:
            self.hands.choose("other", SITE)

    def _leave(self) -> None:
        """Hand the consignment over: both sides sign."""
        self.hands.sign()
        self.hands.write("Driver One")
        self.hands.sign()
        assert "signed" in self.hands.answer, self.hands.answer

    # ── at the site ─────────────────────────────────────────────────────────────────────────────
    def hand_over(self, dockets: dict[str, list[str]]) -> None:
        """Receive each consignment, and hand its handsets over to people who sign."""
        for place, (docket, tags) in enumerate(dockets.items()):
            self._receive(docket, consignment_seal(place * _IN_A_CONSIGNMENT), tags)
            for at in range(0, len(tags), 10):
                self._give(f"Officer {place}-{at}", tags[at : at + 10])

    def _receive(self, docket: str, its_seal: str, tags: list[str]) -> None:
        hands = self.hands
        hands.go(Workspace.DISPATCH, "receive")
        hands.scan(docket)
        hands.scan(its_seal)
        for tag in tags:
            hands.scan(tag)
            assert hands.was_taken, hands.answer
        hands.sign()
        hands.choose("name", "Sergeant Two")
        hands.sign()
        assert hands.was_taken, hands.answer

    def _give(self, name: str, tags: list[str]) -> None:
        hands = self.hands
        hands.go(Workspace.DISPATCH, "hand-over")
        hands.choose("name", name)
        for tag in tags:
            hands.scan(tag)
            assert hands.was_taken, hands.answer
        hands.choose("sign")
        hands.sign()
        assert "handed over" in hands.answer, hands.answer

    # ── custody ─────────────────────────────────────────────────────────────────────────────────
    def reconcile(self) -> dict[str, Any]:
        """Reconcile the day and record it; return what the record says of it."""
        self.hands.go(Workspace.CUSTODY, "reconcile", "begin", "record")
        (body,) = self.bodies("reconciled")
        return dict(body["data"])

    def discrepancies(self) -> Counter[str]:
        """Return how many there were of each kind."""
        return Counter(str(body["data"]["discrepancy"]) for body in self.bodies("discrepancy"))

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


def seal(place: int) -> str:
    """Return the number of the seal of a box."""
    return f"S{place:07d}X"


def consignment_seal(first: int) -> str:
    """Return the number of the seal of the consignment that begins with that box."""
    return f"K{first:07d}Z"
