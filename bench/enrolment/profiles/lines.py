"""On which line each table and key of a TOML document stands: `tomllib` keeps no places.

It reads documents that `tomllib` has taken (TOML 1.0), and only as far as headings and the keys in
front of an equals sign; what stands inside an inline table or list counts to the line of its key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from bench.enrolment.profiles.faults import Place

_WORD = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}=.\n]"
    r"|[^\s\[\]{}=.#\"']+",
    re.DOTALL,
)
_OPENS, _CLOSES = "[{", "]}"


def lines_of(text: str) -> Mapping[Place, int]:
    """Return the line, counted from 1, of each table and key; the document itself is on the first.

    A table that is one of a list stands at its number, as `("step", 0)`.
    """
    lines: dict[Place, int] = {(): 1}
    counts: dict[Place, int] = {}
    table: Place = ()
    for line, words in _statements(text):
        if words[0] == "[":
            table = _heading(words, counts)
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], line)
        else:
            key = _names(words[: words.index("=")])
            for length in range(1, len(key) + 1):
                lines.setdefault((*table, *key[:length]), line)
    return lines


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each heading and each key with its value, and the line it begins on."""
    line, depth, began, words = 1, 0, 1, list[str]()
    for match in _WORD.finditer(text + "\n"):
        word = match[0]
        if word == "\n" and not depth and words:
            yield began, words
            words = []
        elif word != "\n" and word[0] != "#":
            began = began if words else line
            words.append(word)
            depth += (word in _OPENS) - (word in _CLOSES)
        line += word.count("\n")


def _heading(words: list[str], counts: dict[Place, int]) -> Place:
    """Return the place of the table that a heading begins; `[[…]]` begins the next of a list."""
    of_list = words[1] == "["
    *around, last = _names([word for word in words if word not in _OPENS + _CLOSES])
    place: Place = ()
    for name in around:
        place = (*place, name)
        if place in counts:
            place = (*place, counts[place])
    place = (*place, last)
    if not of_list:
        return place
    counts[place] = counts.get(place, -1) + 1
    return (*place, counts[place])


def _names(words: list[str]) -> list[str]:
    return [_unquoted(word) for word in words if word != "."]


def _unquoted(word: str) -> str:
    if word[0] not in "\"'":
        return word
    return str(tomllib.loads(f"name = {word}")["name"])
