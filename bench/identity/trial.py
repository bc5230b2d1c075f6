"""Made-up codes that try a scanner: they mean nothing to a bench but that the scanner works.

Each holds both letters that keyboard layouts swap, capitals, and signs that need Shift, so that a
scanner whose keyboard layout is not US does not read as one. The 2-D one holds GS, which scanners
in keyboard mode lose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bench.identity.identifiers import IdentifierError

_BEGIN = "~TRIAL:yZ-09/"
_GS = "\x1d"


@dataclass(frozen=True, slots=True)
class TrialCode:
    """One of the codes of the test card, as it arrived: `has_separator` where GS came through."""

    symbol: str
    has_separator: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the trial code."""
        code = text.strip(" \t\r\n")
        rest = code.removeprefix(_BEGIN)
        symbol = rest.removeprefix(_GS)
        if rest == code or symbol not in ("Code128", "QR"):
            raise IdentifierError("It is not a code of the test card.")
        return cls(symbol, has_separator=rest != symbol)

    def __str__(self) -> str:
        return f"{_BEGIN}{_GS if self.has_separator else ''}{self.symbol}"

    @property
    def is_whole(self) -> bool:
        """Whether it arrived as it is printed."""
        return self in TEST_CARD


TEST_CARD = (TrialCode("Code128"), TrialCode("QR", has_separator=True))
"""What is printed."""
