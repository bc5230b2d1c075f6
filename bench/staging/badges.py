"""How a badge is told from every other code that is scanned at a bench.

Badge readers can be set to send a prefix; without one, only a pattern that no code of ours fits
can tell. A badge is never shown: it names a person, and anybody could copy it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bench.custody.people.badge import Badge
from bench.problems import Problem, ProblemCode, ProblemError

SHOWN = "(badge)"
"""Stands wherever the text of a badge would."""
_LONGEST = 256
_AIM = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
"""The symbology that a scanner may name first (ISO/IEC 15424)."""
_NO_BADGES = ("004400000000018", "SLOT-A1", "AST-000001", "8944110065001234567", "R58N00001XY")
"""An IMEI, a slot, an asset tag, an ICCID, a serial number."""


@dataclass(frozen=True, slots=True)
class BadgeFormat:
    """A badge is `prefix` (in any case) and what follows it, or a text that `pattern` fits whole.

    `pattern` is a regular expression; with "" only the prefix tells. `ValueError` where neither is
    given, for what is no regular expression, and for one that takes another code for a badge.
    """

    prefix: str = "BADGE:"
    pattern: str = ""

    def __post_init__(self) -> None:
        if not self.prefix.strip() and not self.pattern:
            raise ValueError("Badges need a prefix or a pattern to be told from other codes.")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"The pattern of badges is no regular expression: {error}") from error
        if taken := next(filter(self.is_badge, _NO_BADGES), None):
            raise ValueError(f"The pattern of badges takes {taken} for one.")

    def is_badge(self, text: str) -> bool:
        """Whether a scanned text is a badge, readable or not."""
        return self._uid(text) is not None

    def bare(self, text: str) -> str:
        """Return what a badge says, without what is around it; any other text as it is."""
        return self._uid(text) or text

    def read(self, text: str) -> Badge:
        """Return the badge; `ProblemError` BADGE_UNKNOWN for one that cannot be read."""
        try:
            return Badge.parse(self._uid(text) or "")
        except ValueError as error:
            raise ProblemError(Problem(ProblemCode.BADGE_UNKNOWN)) from error

    def spelled(self, uid: str) -> str:
        """Return what a reader sends for a badge of that UID; `ValueError` where it is no badge."""
        text = f"{self.prefix}{uid}"
        if not self.is_badge(text):
            raise ValueError("The pattern of badges does not fit that UID.")
        return text

    def _uid(self, text: str) -> str | None:
        body = _AIM.sub("", text.strip())
        prefix = self.prefix.strip()
        if prefix and body[: len(prefix)].casefold() == prefix.casefold():
            return body[len(prefix) :]
        is_one = self.pattern and len(body) <= _LONGEST and re.fullmatch(self.pattern, body)
        return body if is_one else None
