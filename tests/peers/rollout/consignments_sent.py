"""Dispatch, by keys and scans: kit, seal, consignment, signatures, arrival, hand-over."""

from __future__ import annotations

from dataclasses import dataclass

from bench.events.desks import Workspace
from tests.peers.rollout.hands import Hands

SITE = "Example Station"
CABLE = "5012345678900"
"""The product number on the bag of a cable (GS1's example)."""
OFFICER = "BADGE:04A1B2C3D4E5F6"
_IN_A_CONSIGNMENT, _FOR_ONE = 50, 10


@dataclass
class Dispatch:
    """Whoever packs and sends; `seals` counts those that were used."""

    hands: Hands
    seals: int = 0
    people: int = 0

    def pack(self, tags: list[str]) -> None:
        """Pack and seal each, the cable counted by its number; a seal that was used is refused."""
        hands = self.hands
        hands.go(Workspace.DISPATCH, "pack")
        for place, tag in enumerate(tags):
            hands.take(tag)
            hands.scan(CABLE)
            if self.seals == 0:  # what the number means is asked once
                hands.choose("USB cable")
            assert "all there" in hands.answer, hands.answer
            if place == 1:
                hands.miss(seal(self.seals))
            hands.take(self._seal(), "sealed with")

    def consign(self, tags: list[str]) -> dict[str, list[str]]:
        """Fill and send consignments; return by their names what is in them."""
        dockets: dict[str, list[str]] = {}
        for first in range(0, len(tags), _IN_A_CONSIGNMENT):
            inside = tags[first : first + _IN_A_CONSIGNMENT]
            docket = self._filled(inside)
            if not dockets:
                self._open_again(docket, inside[0])
            self._leave()
            dockets[docket] = inside
        return dockets

    def _filled(self, tags: list[str]) -> str:
        """Fill a consignment and seal it; return its name."""
        hands = self.hands
        hands.go(Workspace.DISPATCH, "consign", "new")
        self._destination()
        for tag in tags:
            hands.take(tag, "is in.")
        docket = hands.desk.title.split(" to ")[0]
        hands.choose("close")
        hands.take(self._seal())
        return docket

    def _open_again(self, docket: str, tag: str) -> None:
        """Nobody opens a sealed consignment alone; two do, and seal it anew."""
        hands = self.hands
        hands.go(Workspace.DISPATCH, "consign")
        hands.miss(docket)
        hands.choose("reopen")
        hands.choose(docket)
        hands.take(seal(self.seals))
        hands.choose("recheck")
        assert not hands.was_taken
        assert docket in hands.window._sign_in.state.text()  # type: ignore[union-attr]
        hands.prove(hands.line.supervisor)
        assert "is open again" in hands.answer, hands.answer
        hands.choose("take-out")
        hands.scan(tag)
        hands.choose("damaged")
        hands.pause()
        hands.take(tag, "is in.")
        hands.choose("close")
        hands.miss(seal(self.seals))
        hands.take(self._seal())

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
        """Receive each consignment, and hand its handsets over to people."""
        for docket, tags in dockets.items():
            self._receive(docket, tags)
            for at in range(0, len(tags), _FOR_ONE):
                self.give(tags[at : at + _FOR_ONE])

    def _receive(self, docket: str, tags: list[str]) -> None:
        hands = self.hands
        hands.go(Workspace.DISPATCH, "receive")
        hands.take(docket)
        hands.take(self._seal_of(docket), "is whole")
        for tag in tags:
            hands.take(tag)
        hands.sign()
        hands.choose("name", "Sergeant Two")
        hands.sign()
        assert "was taken over" in hands.answer, hands.answer

    def give(self, tags: list[str]) -> None:
        """Hand over to one person: the first accepts by badge, all others sign."""
        hands = self.hands
        hands.go(Workspace.DISPATCH, "hand-over")
        self.people += 1
        if self.people == 1:
            hands.scan(OFFICER)
        else:
            hands.choose("name", f"Officer {self.people}")
        for tag in tags:
            hands.take(tag)
        if self.people == 1:
            hands.scan(OFFICER)
        else:
            hands.choose("sign")
            hands.sign()
        assert "handed over" in hands.answer, hands.answer

    def _seal(self) -> str:
        self.seals += 1
        return seal(self.seals)

    def _seal_of(self, docket: str) -> str:
        asked = "SELECT seal FROM consignment WHERE docket = ?"
        line = self.hands.line
        found = line.ask(lambda: line.book.connection.execute(asked, (docket,)).fetchone())
        return str(found[0])


def seal(place: int) -> str:
    """Return the number on a seal."""
    return f"S{place:07d}X"
