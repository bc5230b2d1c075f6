"""One table of a profile, read key by key: what cannot be used is noted, and reading goes on.

What a method returns for a key that it noted is of the right type and means nothing: a document
with a fault becomes no profile.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from bench.enrolment.profiles.faults import Findings, Place, nearest
from bench.enrolment.secrets import name

_LONGEST = 200
_MOST = 200
"""Characters of a text, and texts of a list."""
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Form:
    """What a text has to look like: an ASCII pattern, and how a person is told of it."""

    pattern: str
    words: str

    def fits(self, text: str) -> bool:
        """Whether a text looks like that."""
        return re.fullmatch(self.pattern, text, re.ASCII) is not None


SECRET = Form(
    name.PATTERN,
    "name a secret (small letters, digits, hyphens), and keep it with: secret set NAME",
)
"""The name of a secret. A value in its place is not repeated in what is said about it."""
ANY_TEXT = Form(r"(?s).+", "give one line of text in quotes")


class Table:
    """A table of the document, and where it stands."""

    def __init__(self, values: Mapping[str, object], place: Place, findings: Findings) -> None:
        self._values = values
        self._findings = findings
        self.place = place

    def __contains__(self, key: object) -> bool:
        return key in self._values

    @property
    def keys(self) -> tuple[str, ...]:
        """Its keys as they stand."""
        return tuple(self._values)

    @property
    def noted(self) -> int:
        """How many faults the file has so far."""
        return len(self._findings)

    def raw(self, key: str) -> object:
        """Return a value as it stands, None where there is none."""
        return self._values.get(key)

    def wrong(self, key: str, remedy: str) -> None:
        """Note a fault of a key, or of the table itself with ""."""
        self._findings.note((*self.place, key) if key else self.place, remedy)

    def only(self, known: Collection[str]) -> None:
        """Note every key that is not known."""
        for key in self._values:
            if key not in known:
                self.wrong(key, nearest(key, known))

    # ── one value ───────────────────────────────────────────────────────────────────────────────
    def text(
        self, key: str, default: str | None = None, form: Form = ANY_TEXT, most: int = _LONGEST
    ) -> str:
        """Return one line of text of that form; needed where there is no default."""
        if default is not None and key not in self._values:
            return default
        value = self._values.get(key)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self.wrong(key, form.words if form is SECRET else ANY_TEXT.words)
        elif len(value) > most:
            self.wrong(key, f"give at most {most} characters")
        elif not form.fits(value):
            self.wrong(key, form.words)
        else:
            return value
        return ""

    def secret(self, key: str, default: str | None = None) -> str:
        """Return the name of a secret."""
        return self.text(key, default, SECRET, 10_000)

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        value = self._values.get(key, default)
        if type(value) is not int or value < least:
            self.wrong(key, f"give a whole number of at least {least}")
        elif value > most:
            self.wrong(key, f"give a whole number of at most {most}")
        else:
            return value
        return default

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """Return a number within bounds."""
        value = self._values.get(key, default)
        if isinstance(value, int | float) and type(value) is not bool and least <= value <= most:
            return float(value)
        self.wrong(key, f"give a number from {least:g} to {most:g}")
        return default

    def flag(self, key: str, *, usual: bool) -> bool:
        """Return true or false."""
        value = self._values.get(key, usual)
        if isinstance(value, bool):
            return value
        self.wrong(key, "give true or false")
        return usual

    def choice(self, key: str, default: _Choice, *, needed: bool = False) -> _Choice:
        """Return one of the members of the default's kind."""
        value = self._values.get(key, None if needed else default)
        known = {str(member): member for member in type(default)}
        if isinstance(value, str) and value in known:
            return known[value]
        close = nearest(value, known) if isinstance(value, str) else ""
        self.wrong(key, close or f"give one of {', '.join(known)}")
        return default

    def day(self, key: str) -> date | None:
        """Return a day, None where none is given."""
        value = self._values.get(key)
        if value is None or type(value) is date:
            return value
        self.wrong(key, "give a day without quotes, such as 2026-11-30")
        return None

    # ── several ─────────────────────────────────────────────────────────────────────────────────
    def texts(self, key: str, form: Form = ANY_TEXT, most: int = _LONGEST) -> tuple[str, ...]:
        """Return a list of different texts of that form, empty where there is none."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(_is_line(each, most) for each in value):
            self.wrong(key, f"give a list of texts of up to {most} characters in quotes")
        elif len(value) > _MOST or len(set(value)) < len(value):
            self.wrong(key, f"name each once, and at most {_MOST}")
        elif not all(map(form.fits, value)):
            self.wrong(key, form.words)
        else:
            return tuple(value)
        return ()

    def mapping(self, key: str) -> Table:
        """Return the table within this one, empty where there is none."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            braces = "give a table in braces, such as { KEY = true }"
            self.wrong(key, braces if self.place else f"write it as a table under [{key}]")
            value = {}
        return Table(value, (*self.place, key), self._findings)

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return the tables of a list, none where there is none."""
        value = self._values.get(key, [])
        heading = ".".join(part for part in (*self.place, key) if isinstance(part, str))
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.wrong(key, f"write each as a table under [[{heading}]]")
        elif len(value) > _MOST:
            self.wrong(key, f"give at most {_MOST}")
        else:
            places = ((*self.place, key, number) for number in range(len(value)))
            return tuple(Table(*each, self._findings) for each in zip(value, places, strict=True))
        return ()


def _is_line(value: object, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= most and value.isprintable()
