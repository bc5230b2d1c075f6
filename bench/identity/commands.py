"""Codes that do what a key does, on a card beside the scanner: `~GO:dispatch`, `~CHOOSE:1`.

The form is this program's own. No handset, box, SIM or label carries one: none of their formats
has a tilde. What a command does is decided where somebody works at a desk; here it is only read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bench.identity.identifiers import IdentifierError


class Command(StrEnum):
    """What a code asks for."""

    GO = "GO"
    """Go to the workspace that it names."""
    CHOOSE = "CHOOSE"
    """Give the answer of that digit, 1 to 9 and 0 for the tenth, where it asks for no text."""
    BACK = "BACK"
    """Leave the task: back to the beginning of the desk."""


PLACES = ("goods-in", "bench", "dispatch", "custody", "roll-out")
"""What `~GO` may name, as workspaces are spelled everywhere."""
_DIGITS = "1234567890"
_ARGUMENTS = {
    Command.GO: ("a workspace: " + ", ".join(PLACES), PLACES),
    Command.CHOOSE: ("a digit", tuple(_DIGITS)),
    Command.BACK: ("nothing", ("",)),
}


@dataclass(frozen=True, slots=True)
class CommandCode:
    """A command as it was read; `argument` is "" where it takes none."""

    command: Command
    argument: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the command; capitals and small letters are one: Caps Lock may be on."""
        code = text.strip(" \t\r\n")
        if not code.startswith("~"):
            raise IdentifierError("A command begins with ~.")
        word, colon, argument = code[1:].partition(":")
        if word.upper() not in list(Command):
            raise IdentifierError(f"A command is one of {', '.join(Command)}.")
        command, argument = Command(word.upper()), argument.lower()
        wanted, known = _ARGUMENTS[command]
        if argument not in known or (colon and not argument):
            raise IdentifierError(f"~{command} names {wanted}.")
        return cls(command, argument)

    @property
    def place(self) -> int:
        """Which of the choices a digit means, counted from 0."""
        return _DIGITS.index(self.argument)

    def __str__(self) -> str:
        return f"~{self.command}:{self.argument}" if self.argument else f"~{self.command}"


CARD = (
    *(CommandCode(Command.GO, place) for place in PLACES),
    *(CommandCode(Command.CHOOSE, digit) for digit in _DIGITS),
    CommandCode(Command.BACK),
)
"""What is printed on the card."""
