"""A handset comes back: its label, then four keys; and the next."""

from __future__ import annotations

from dataclasses import dataclass

from bench.custody.phases import Phase, phase_after
from bench.events.desks import Line, Wanted, Weight
from bench.events.orders import CustodyKind
from bench.events.views import ScanTone
from bench.identity.scans import ScanReading
from bench.problems import ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Face, Say, Task, Turn
from bench.stock.returns import entries
from bench.stock.returns.entries import Subject
from bench.stock.returns.queries import problem_of
from bench.stock.returns.subject import met
from bench.stock.returns.words import DISTRUSTED, QUESTIONS

TITLE = "Take a handset back"


@dataclass(frozen=True)
class Returning(Task):
    """Takes the label of a handset that came back."""

    means: Means

    def face(self) -> Face:
        """Ask for it."""
        return Face(TITLE, "Scan the label of the handset that came back.", Wanted.SCAN)

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Begin to ask; one that was reported lost is set aside at once."""
        _ = text
        subject = met(self.means, reading)
        box = subject.box
        problem = problem_of(self.means.book.connection, box.uid)
        if box.phase is Phase.QUARANTINED and entries.is_loss(problem):
            told = f"{box.name} was reported {problem}. It is in quarantine until two release it."
            return Turn(self, Say(ScanTone.BAD, told), entries.found_again(subject))
        if phase_after(CustodyKind.RETURNED, box.phase) is None:
            return self.refused(ProblemCode.STANDS_OTHERWISE, f"it is {box.phase}", where=box.name)
        return self.good(f"{box.name}. {QUESTIONS[0].prompt}", Questioning(self.means, subject))


@dataclass(frozen=True)
class Questioning(Task):
    """Asks one thing after the other; the last answer writes the return."""

    means: Means
    subject: Subject
    answers: tuple[str, ...] = ()

    def face(self) -> Face:
        """Ask the next thing."""
        question = QUESTIONS[len(self.answers)]
        asked = zip(QUESTIONS, self.answers, strict=False)
        lines = tuple(Line((each.name, answer), Weight.GOOD) for each, answer in asked)
        sims = ", ".join(f"…{sim.tail}" for sim in self.subject.sims)
        return Face(
            f"{TITLE}: {self.subject.box.name}",
            question.prompt,
            choices=question.choices,
            done=len(self.answers),
            total=len(QUESTIONS),
            unit="answers",
            lines=lines,
            remark=f"It was married to SIM {sims}." if sims else "",
        )

    def answered(self, choice: str, text: str) -> Turn:
        """Take an answer."""
        if not QUESTIONS[len(self.answers)].has(choice):
            return Task.answered(self, choice, text)
        answers = (*self.answers, choice)
        if len(answers) < len(QUESTIONS):
            return Turn(Questioning(self.means, self.subject, answers))
        names = (each.name for each in QUESTIONS)
        return self._returned(dict(zip(names, answers, strict=True)))

    def _returned(self, said: dict[str, str]) -> Turn:
        told = Say(ScanTone.GOOD, f"{self.subject.box.name} is back. {then(said)}".strip())
        return Turn(Returning(self.means), told, entries.returned(self.subject, said))


def then(said: dict[str, str]) -> str:
    """Return what is to be done next with a handset of these answers."""
    parts = []
    if "left-in" in (said["sim"], said["card"]):
        parts.append("Take out what is still inside: a reset does not wipe a card.")
    if said["scenario"] in DISTRUSTED:
        parts.append("It goes to quarantine.")
    return " ".join(parts)
