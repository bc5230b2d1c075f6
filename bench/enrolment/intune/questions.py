"""What is asked of the service about each handset, and what an answer to it says. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus as Http

from bench.enrolment.intune.batches import Part
from bench.enrolment.intune.devices import (
    FIELDS,
    PATH,
    By,
    Wanted,
    filter_of,
    handsets_of,
    is_as_asked,
)
from bench.enrolment.intune.fields import Row, objects
from bench.enrolment.intune.graph import address
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.trail import NEXT
from bench.enrolment.intune.troubles import BUSY, busy, garbled, refusal, said_in
from bench.events.management import ManagedHandset
from bench.problems import ProblemError

_UNSUPPORTED = (Http.BAD_REQUEST, Http.NOT_IMPLEMENTED)
_FEW = "20"


@dataclass(frozen=True, slots=True)
class Question:
    """One value to filter by, for the handset of that number among those that are wanted."""

    whose: int
    by: By
    value: str

    @property
    def url(self) -> str:
        """The address that asks it, relative to the root of the service."""
        query = {"$filter": filter_of(self.by, self.value), "$select": FIELDS, "$top": _FEW}
        return address(PATH, query)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a question.

    `entries` is what was asked for, None where the answer does not say it all. `is_filtered` is
    False where the service refused to filter by that, or did not; `problem` is that of this answer.
    """

    entries: tuple[ManagedHandset, ...] | None = None
    is_filtered: bool = True
    problem: ProblemError | None = None


def questions(wanted: Sequence[Wanted], filters: Iterable[By]) -> list[Question]:
    """Return all that can be asked about them by those filters."""
    kinds = tuple(filters)
    return [
        Question(number, by, value)
        for number, each in enumerate(wanted) for by in kinds for value in each.values(by)
    ]  # fmt: skip


def heard(question: Question, part: Part) -> Heard:
    """Return what the answer says; what cannot be read is a problem where it is all there is."""
    if part.status in BUSY:
        return Heard(problem=busy(f"{part.status}: {said_in(part.body)}"))
    if part.status in _UNSUPPORTED:
        return Heard(is_filtered=False)
    if part.status != Http.OK:
        words = said_in(part.body)
        return Heard(problem=refusal(part.status, words, Permission.READ_DEVICES))
    try:
        return _read(question, part.body)
    except ProblemError as error:
        return Heard(problem=ProblemError(error.problem))


def _read(question: Question, body: Row) -> Heard:
    entries, unreadable = handsets_of(objects(body))
    if not all(is_as_asked(each, question.by, question.value) for each in entries):
        return Heard(is_filtered=False)
    if unreadable and not entries:
        raise garbled("its entry cannot be read")
    return Heard(None if body.get(NEXT) else tuple(entries))


def failing(asked: Sequence[Question], told: Sequence[Heard]) -> set[By]:
    """Return the filters that worked for nobody: each of their questions was refused, or more."""
    works = dict.fromkeys((each.by for each in asked), False)
    for question, answer in zip(asked, told, strict=True):
        works[question.by] |= answer.is_filtered
    return {by for by, does in works.items() if not does}
