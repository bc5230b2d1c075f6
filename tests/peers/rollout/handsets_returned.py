"""Returns, by keys and scans: why each came back, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.events.desks import Workspace
from tests.peers.rollout.hands import Hands
from tests.peers.rollout.supplier import imei


@dataclass
class Returns:
    """Whoever takes handsets back."""

    hands: Hands
    folder: Path

    def take_back(self, tag: str, scenario: str) -> None:
        """Take one back for a reason; SIM and card are out."""
        hands = self.hands
        hands.go(Workspace.DISPATCH, "return")
        hands.take(tag, "Why did it come back?")
        for answer in (scenario, "removed", "none", "ok"):
            hands.choose(answer)
        assert "is back" in hands.answer, hands.answer

    def lose(self, tag: str) -> None:
        """Report one lost, and have it back: it waits in quarantine."""
        hands = self.hands
        hands.go(Workspace.CUSTODY, "lost")
        hands.take(tag)
        hands.choose("lost")
        assert "is reported" in hands.answer, hands.answer
        hands.go(Workspace.DISPATCH, "return")
        hands.scan(tag)
        assert "until two release it" in hands.answer, hands.answer

    def release(self, code: object, why: str) -> None:
        """Let one out of quarantine: two persons."""
        hands = self.hands
        hands.go(Workspace.CUSTODY, "aside", "release")
        hands.take(code)
        hands.choose(why)
        assert not hands.was_taken
        hands.prove(hands.line.supervisor)
        assert "is released" in hands.answer, hands.answer

    def wipe(self, tag: str) -> None:
        """Say that one was wiped."""
        self.hands.go(Workspace.CUSTODY, "aside", "wipe")
        self.hands.take(tag)
        self.hands.choose("factory-reset")
        assert "can be staged anew" in self.hands.answer, self.hands.answer

    def dispose(self, *codes: object) -> Path:
        """Dispose of some, two persons, with the bench's own certificate; return it."""
        hands = self.hands
        hands.go(Workspace.CUSTODY, "aside", "dispose")
        for code in codes:
            hands.take(code)
        hands.choose("shredded")
        hands.choose("own")
        hands.choose("dispose")
        assert not hands.was_taken, hands.answer
        hands.miss(hands.line.technician.badge.text)  # nobody signs off their own doing
        hands.prove(hands.line.supervisor)
        assert "disposed of" in hands.answer, hands.answer
        (paper,) = (self.folder / "papers").rglob("disposal-*.pdf")
        return paper

    def send_back(self, number: int) -> None:
        """Send one that was dead on arrival to its supplier, under the supplier's number."""
        self.hands.go(Workspace.CUSTODY, "aside", "supplier")
        self.hands.take("RMA-0007")
        self.hands.take(imei(number), "goes back to")
