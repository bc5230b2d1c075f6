"""The end of the day, by keys: gaps, the roll-out, the reconciliation, the shift's hand-over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.events.desks import Line, Workspace
from bench.stock.programme.view import RollOutView
from tests.peers.rollout.hands import Hands


@dataclass
class DaysEnd:
    """Whoever closes the day."""

    hands: Hands
    folder: Path

    def account(self) -> str:
        """Write the report of gaps as a table; return it."""
        self.hands.go(Workspace.CUSTODY, "gaps")
        assert "every one is accounted for" in self.hands.desk.remark, self.hands.desk.remark
        self.hands.choose("all")
        self.hands.choose("csv")
        (paper,) = (self.folder / "papers").glob("gaps-*.csv")
        return paper.read_text("utf-8-sig")

    def look(self) -> RollOutView:
        """Look at the roll-out, by the card of commands alone; return what its page shows."""
        self.hands.take("~GO:roll-out")
        self.hands.take("~CHOOSE:1")
        page = self.hands.desk.page
        assert isinstance(page, RollOutView)
        return page

    def pools(self) -> tuple[Line, ...]:
        """Look at the licence pools; return their lines."""
        self.hands.go(Workspace.ROLL_OUT, "licences")
        return self.hands.desk.lines

    def reconcile(self) -> None:
        """Reconcile the day and record it."""
        self.hands.go(Workspace.CUSTODY, "reconcile", "begin", "record")
        assert "Recorded" in self.hands.answer, self.hands.answer

    def hand_shift_over(self) -> None:
        """Hand the shift over: both sign, and the second shows badge and PIN."""
        hands = self.hands
        hands.go(Workspace.CUSTODY, "shift", "write")
        hands.sign()
        hands.sign()
        assert not hands.was_taken
        hands.prove(hands.line.supervisor)
        assert "handed over" in hands.answer, hands.answer
