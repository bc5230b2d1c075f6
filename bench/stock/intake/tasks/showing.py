"""A file as it is understood, shown for a person to check and change before it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bench.custody.body import utc
from bench.events.desks import Choice, Wanted
from bench.events.views import ScanTone
from bench.identity.aim import split_aim
from bench.identity.plain import plain
from bench.identity.scans import ScanReading
from bench.problems import Problem, ProblemCode
from bench.stock.desk.means import Means
from bench.stock.desk.turns import Cancelled, Face, Job, Progress, Say, Task, Turn
from bench.stock.intake.kinds import FIELDS, KINDS, Field, FileKind, field_of
from bench.stock.intake.layout import is_reason
from bench.stock.intake.looking import Look, look, named_after
from bench.stock.intake.queries import unrecorded
from bench.stock.intake.taking import Source, Taken, Watch, take
from bench.stock.intake.tasks import words
from bench.stock.intake.tasks.keys import BACK, MORE, next_place, some_of

TITLE = "Take in a file"
REFUSALS = "refused"
"""The folder of the refused rows, among the papers."""
_ORDERS = "SELECT number, supplier FROM purchase ORDER BY placed DESC, number DESC LIMIT 7"
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Showing(Task):
    """Shows what a file is taken for; `then` is the task after it was taken."""

    means: Means
    found: Look
    then: Callable[[Taken | None], Task] = field(repr=False)

    def face(self) -> Face:
        """Show the columns with what stands in them, and offer to take or to change."""
        missing = self.found.layout.missing
        prompt = words.what_it_is(self.found)
        if missing:
            prompt += f". Say which column is: {', '.join(each.title for each in missing)}"
        return Face(
            TITLE, f"{prompt}.", choices=self._choices(), columns=words.COLUMNS,
            lines=words.of_layout(self.found), remark=words.remarks(self.found),
        )  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Take the file, or go and change what it is taken for."""
        layout = self.found.layout
        match choice:
            case "take" if not layout.missing:
                return Turn(self, job=self._taking())
            case "say":
                given = next((each for each in layout.missing if each.given), None)
                return Turn(Giving(self, given)) if given else Task.answered(self, choice, text)
            case "column":
                return Turn(ChoosingField(self))
            case "kind":
                return Turn(ChoosingKind(self))
            case "sheet":
                return Turn(self, job=self._next_sheet())
        return Turn(self.then(None)) if choice == "other" else Task.answered(self, choice, text)

    def worked(self, result: object) -> Turn:
        """Say what became of the file; or show its next sheet."""
        match result:
            case Taken():
                entries = unrecorded(self.means.book.connection)
                says = Say(ScanTone.GOOD, words.became(result))
                return Turn(self.then(result), says, entries)
            case Look():
                return Turn(replace(self, found=named_after(result)))
        assert isinstance(result, Problem), "what the job returns"
        return Turn(self)

    def laid_out(self, found: Look) -> Task:
        """Return it with the file understood otherwise."""
        return replace(self, found=named_after(found))

    def _choices(self) -> tuple[Choice, ...]:
        missing = self.found.layout.missing
        first = () if missing else (Choice("take", "Take it in"),)
        say = tuple(Choice("say", f"Say once: {each.title}") for each in missing if each.given)[:1]
        sheet = (Choice("sheet", "The next sheet"),) if len(self.found.sheets) > 1 else ()
        rest = (
            Choice("column", "Change a column"),
            Choice("kind", "It is a list of something else"),
        )
        return (*first, *say, *rest, *sheet, Choice("other", "Another file"))

    def _taking(self) -> Job:
        found, means = self.found, self.means
        source = Source(found.name, found.seen.sha256, utc(means.now()))

        def work(progress: Progress, cancelled: Cancelled) -> Taken:
            watch = Watch(progress, cancelled)
            with means.book.writer() as connection:
                return take(connection, found, source, means.papers / REFUSALS, watch)

        return Job(f"taking {found.name} in", work)

    def _next_sheet(self) -> Job:
        found, book = self.found, self.means.book
        place = (found.sheets.index(found.sheet) + 1) % len(found.sheets)

        def work(_: Progress, __: Cancelled) -> Look:
            with book.reader() as connection:
                return look(connection, found.path, found.sheets[place])

        return Job(f"reading sheet {found.sheets[place]}", work)


@dataclass(frozen=True, slots=True)
class ChoosingKind(Task):
    """Asks what a file is a list of."""

    back: Showing

    def face(self) -> Face:
        """Offer each kind."""
        choices = tuple(Choice(kind.value, text.capitalize()) for kind, text in KINDS.items())
        return Face(TITLE, f"What is {self.back.found.name} a list of?", choices=choices)

    def answered(self, choice: str, text: str) -> Turn:
        """Take it for another kind."""
        if choice not in list(FileKind):
            return Task.answered(self, choice, text)
        return Turn(self.back.laid_out(self.back.found.as_kind(FileKind(choice))))


@dataclass(frozen=True, slots=True)
class ChoosingField(Task):
    """Asks which field has another column."""

    back: Showing
    after: int = 0

    def face(self) -> Face:
        """Offer each field, eight at a time."""
        choices = some_of(self._fields(), self.after)
        return Face(TITLE, "Which field is in another column?", choices=choices,
                    columns=words.COLUMNS, lines=words.of_layout(self.back.found))  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Go and say where it is."""
        if choice == BACK:
            return Turn(self.back)
        if choice == MORE:
            return Turn(replace(self, after=next_place(self._fields(), self.after)))
        its = field_of(self.back.found.kind, choice)
        return Turn(ChoosingColumn(self.back, its)) if its else Task.answered(self, choice, text)

    def _fields(self) -> tuple[Choice, ...]:
        return tuple(Choice(each.name, each.title) for each in FIELDS[self.back.found.kind])


@dataclass(frozen=True, slots=True)
class ChoosingColumn(Task):
    """Asks in which column a field is."""

    back: Showing
    its: Field
    after: int = 0

    def face(self) -> Face:
        """Offer each column by its heading, none, and one value for the whole file."""
        return Face(TITLE, f"Which column is: {self.its.title}?",
                    choices=some_of(self._columns(), self.after))  # fmt: skip

    def answered(self, choice: str, text: str) -> Turn:
        """Put the field there."""
        found = self.back.found
        match choice:
            case "back":
                return Turn(ChoosingField(self.back))
            case "more":
                return Turn(replace(self, after=next_place(self._columns(), self.after)))
            case "say":
                return Turn(Giving(self.back, self.its))
            case "none":
                layout = found.layout.with_column(self.its.name, None)
                return Turn(self.back.laid_out(found.laid_out(layout)))
        if not (choice.isdigit() and int(choice) < len(found.layout.labels)):
            return Task.answered(self, choice, text)
        layout = found.layout.with_column(self.its.name, int(choice))
        return Turn(self.back.laid_out(found.laid_out(layout)))

    def _columns(self) -> tuple[Choice, ...]:
        labels = self.back.found.layout.labels
        columns = (Choice(str(at), each) for at, each in enumerate(labels) if not is_reason(each))
        say = (Choice("say", "The same for all rows"),) if self.its.given else ()
        return (*columns, *say, Choice(_NONE, "It is not in the file"))


@dataclass(frozen=True, slots=True)
class Giving(Task):
    """Asks for what is the same in all rows: scanned, typed, or an order by its key."""

    back: Showing
    its: Field

    def face(self) -> Face:
        """Ask for it; of orders, offer those that were placed last."""
        choices = tuple(
            Choice(number, f"{number} {supplier}".strip()) for number, supplier in self._orders()
        )
        prompt = f"{self.its.title} of all rows of {self.back.found.name}: scan it or type it."
        return Face(TITLE, prompt, Wanted.SCAN, (*choices, Choice(BACK, "Back")))

    def heard(self, reading: ScanReading, text: str) -> Turn:
        """Take what was scanned or typed."""
        _ = reading
        _, body = split_aim(text.strip())
        return self._given(plain(body))

    def answered(self, choice: str, text: str) -> Turn:
        """Take an order that was placed before."""
        if choice == BACK:
            return Turn(self.back)
        known = [number for number, _ in self._orders()]
        return self._given(choice) if choice in known else Task.answered(self, choice, text)

    def _given(self, text: str) -> Turn:
        try:
            self.its.read(text)
        except ValueError as error:
            return self.refused(ProblemCode.NOT_POSSIBLE_NOW, f"{self.its.title}: {error}")
        found = self.back.found
        layout = found.layout.with_column(self.its.name, None).with_given(self.its.name, text)
        return Turn(self.back.laid_out(found.laid_out(layout)))

    def _orders(self) -> list[tuple[str, str]]:
        if self.its.name != "number":
            return []
        return self.back.means.book.connection.execute(_ORDERS).fetchall()
