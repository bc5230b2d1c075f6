"""Codes that do what a key does."""

from __future__ import annotations

import pytest

from bench.events.desks import Workspace
from bench.identity.commands import CARD, PLACES, Command, CommandCode
from bench.identity.identifiers import IdentifierError


def test_a_command_is_read_with_caps_lock_on() -> None:
    assert CommandCode.parse("~go:DISPATCH") == CommandCode(Command.GO, "dispatch")


def test_every_workspace_can_be_gone_to() -> None:
    assert tuple(Workspace) == PLACES


def test_the_tenth_answer_is_the_digit_nought() -> None:
    assert [CommandCode.parse(f"~CHOOSE:{digit}").place for digit in "190"] == [0, 8, 9]


@pytest.mark.parametrize("code", CARD)
def test_what_is_on_the_card_is_read_as_it_is_printed(code: CommandCode) -> None:
    assert CommandCode.parse(str(code)) == code


@pytest.mark.parametrize(
    "text",
    ["GO:bench", "~GO", "~GO:", "~GO:kitchen", "~CHOOSE:11", "~CHOOSE:", "~CHOOSE:\u0661",
     "~BACK:", "~BACK:now", "~DROP:1", "~", ""],
)  # fmt: skip
def test_what_is_no_command_says_why(text: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        CommandCode.parse(text)
    assert refused.value.reason.endswith(".")
