"""A person's sign-in in memory and where it is kept, when more than one program changes it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bench.enrolment.intune.remembered import Forgetful, Remembered
from bench.problems import Problem, ProblemCode, ProblemError


@dataclass
class Held:
    """What msal holds, in its words."""

    text: str = ""
    has_state_changed: bool = False

    def change(self, text: str) -> None:
        self.text, self.has_state_changed = text, True

    def serialize(self) -> str:
        self.has_state_changed = False
        return self.text

    def deserialize(self, text: str | None) -> None:
        self.text, self.has_state_changed = text or "", False


class Full(Forgetful):
    """Cannot be written to while it is full."""

    is_full = False

    def save(self, text: str) -> None:
        if self.is_full:
            raise ProblemError(Problem(ProblemCode.SECRET_UNUSABLE))
        super().save(text)


def test_what_changed_is_kept_once() -> None:
    kept, held = Full(), Held()
    remembered = Remembered(kept)
    held.change("mine")
    remembered.save(held, over=False)
    assert kept.load() == "mine"
    kept.is_full = True
    remembered.save(held, over=False)  # there is nothing more to keep


def test_what_could_not_be_kept_is_kept_later() -> None:
    kept, held = Full(), Held()
    remembered = Remembered(kept)
    kept.is_full = True
    held.change("mine")
    with pytest.raises(ProblemError):
        remembered.save(held, over=False)
    kept.is_full = False
    remembered.save(held, over=False)
    assert kept.load() == "mine"


def test_a_sign_in_elsewhere_is_taken_up_and_never_written_over() -> None:
    kept, held = Full(), Held()
    remembered = Remembered(kept)
    held.change("mine")
    kept.is_full = True
    with pytest.raises(ProblemError):
        remembered.save(held, over=False)
    kept.is_full = False
    kept.save("theirs")
    assert remembered.load_anew(held)
    assert held.text == "theirs"
    assert not remembered.load_anew(held)
    remembered.save(held, over=False)
    assert kept.load() == "theirs"
    kept.save("theirs again")
    held.change("renewed")
    remembered.save(held, over=False)
    assert kept.load() == "theirs again"


def test_who_signs_in_here_takes_the_place_of_whoever_had() -> None:
    kept, held = Full(), Held()
    kept.save("theirs")
    held.change("mine")
    Remembered(kept).save(held, over=True)
    assert kept.load() == "mine"
