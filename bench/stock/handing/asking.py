"""Who has it: a handset's label tells who had it, a person's badge what they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bench.events.desks import Line, Wanted, Weight
from bench.events.person import HiddenText
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Task, Turn
from bench.stock.handing import meeting, queries, recipients
from bench.stock.handing.queries import Spell

_COLUMNS = ("Handset", "IMEI", "Model", "Who", "From, UTC", "Until, UTC")


@dataclass(frozen=True)
class Asking(Task):
    """Takes labels and badges one after the other, and shows what is known. It changes nothing."""

    means: Means
    title: str = "Who has it"
    spells: tuple[Spell, ...] = ()

    def face(self) -> Face:
        """Show the last answer."""
        return Face(
            self.title,
            "Scan a handset, or read the badge of a person.",
            Wanted.BADGE,
            columns=_COLUMNS,
            lines=tuple(map(_line, self.spells)),
        )

    def badge(self, text: HiddenText) -> Turn:
        """Show what a person has, or who had a handset."""
        if reading := meeting.label_of(text):
            return self._handset(reading)
        try:
            whose = recipients.by_badge(text, self.means.pepper)
        except ValueError:
            return self.refused(ProblemCode.BADGE_UNFIT)
        if meeting.is_no_badge(text):
            return self.refused(ProblemCode.BADGE_UNFIT)
        held = queries.held_by(self.means.book.connection, whose.pseudonym)
        title = f"What {whose.pseudonym} has"
        told = f"They have {len(held)} handset{'s'[: len(held) != 1]}."
        return self.good(told, Asking(self.means, title, held))

    def _handset(self, reading: ScanReading) -> Turn:
        box = meeting.met(self.means, reading)
        spells = queries.spells(self.means.book.connection, box.uid)
        now = spells[0].holder if spells and not spells[0].until else ""
        where = f"{now} has it" if now else f"no person has it; it is {box.phase} at {box.place}"
        return self.good(f"{box.name}: {where}.", Asking(self.means, f"Who had {box.name}", spells))


def _line(spell: Spell) -> Line:
    until = _day(spell.until) if spell.until else "now"
    cells = (spell.name, f"…{spell.imei[-4:]}", spell.model, spell.holder, _day(spell.since), until)
    return Line(cells, Weight.PLAIN if spell.until else Weight.OPEN)


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}"
