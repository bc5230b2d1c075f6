"""Someone at a terminal who answers as told, and the record they sit at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pysqlite3 import dbapi2

from bench.command_line.people_desk import PeopleDesk
from bench.custody.entries import Actor, Appended, Entry
from bench.custody.ledger import Ledger
from bench.custody.personal import erasure
from tests.bench.custody.people.enrolled import PEPPER, TODAY


class Answers:
    """Gives its answers one by one; keeps what was asked, and whether the answer was shown."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, bool]] = []

    def line(self, prompt: str) -> str:
        return self._answer(prompt, shown=True)

    def hidden(self, prompt: str) -> str:
        return self._answer(prompt, shown=False)

    def _answer(self, prompt: str, *, shown: bool) -> str:
        self.asked.append((prompt, shown))
        if not self._answers:
            raise EOFError
        return self._answers.pop(0)


class OpenRecord:
    """An open record that can be scrubbed."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def path(self) -> Path:
        return self._ledger.path

    def append(
        self,
        entries: Sequence[Entry],
        *,
        by: Actor | None = None,
        besides: Callable[[dbapi2.Connection], None] | None = None,
    ) -> tuple[Appended, ...]:
        return self._ledger.append(entries, by=by, besides=besides)

    def scrub(self) -> None:
        erasure.scrub(self._ledger._connection)


def desk(ledger: Ledger, answers: Answers) -> PeopleDesk:
    return PeopleDesk(OpenRecord(ledger), PEPPER, answers, TODAY)
