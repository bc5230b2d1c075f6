"""The code of a text: as much correction as it has room for before its modules get too fine."""

from __future__ import annotations

from datetime import datetime

from bench.enrolment.codes.symbol import MOST, CodeSymbol, symbol
from bench.events.enrolment import ShownCode
from bench.events.person import HiddenText
from bench.problems import Problem, ProblemCode, ProblemError

CROWDED = 25
"""The version from which a code is hard to read from a screen."""
_ROOMY = 911
"""Bytes that the version below holds with correction M (ISO/IEC 18004:2015, table 7, 24-M)."""


def make_code(
    text: HiddenText, expires: datetime | None = None, warnings: tuple[str, ...] = ()
) -> ShownCode:
    """Return the code of a text in UTF-8, with correction M, or L where M makes it crowded.

    `expires` is UTC; a crowded code adds its own warning to `warnings`. Raises `ProblemError`
    PAYLOAD_UNUSABLE where the text is empty or longer than a code holds.
    """
    drawn = _drawn(_encoded(text.text))
    crowded = (_crowded(drawn),) if drawn.version >= CROWDED else ()
    return ShownCode(drawn.rows, text, drawn.level, drawn.version, expires, (*warnings, *crowded))


def _encoded(text: str) -> bytes:
    """Return it in UTF-8; what Python raises where it cannot holds the text, so it ends here."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass
    raise _unusable("the text has a character that is none")


def _drawn(text: bytes) -> CodeSymbol:
    if not text:
        raise _unusable("the text is empty")
    if len(text) > MOST:
        over = len(text) - MOST
        raise _unusable(f"its bytes are {over:,} more than the {MOST:,} that a code holds")
    drawn = symbol(text, "M" if len(text) <= _ROOMY else "L")
    if drawn is None:
        raise _unusable("no code holds the text")
    return drawn


def _crowded(drawn: CodeSymbol) -> str:
    fine = f"The code is crowded ({len(drawn.rows)} modules a side)"
    return f"{fine}: show it full screen, and hold the camera still and close."


def _unusable(reason: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.PAYLOAD_UNUSABLE, detail=reason))
