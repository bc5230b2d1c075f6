"""A text from outside in the letters that a font has: it can only ever be text, and none is lost.

What the font lacks is written as its number between brackets that stand for nothing else, so that
a reader sees that something was there, and what.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeAlias, TypeVar

from bench.identity.plain import plain

Letters: TypeAlias = Callable[[str, str], str]
"""Takes a field's name and its text, gives the text as it can be drawn."""
OPEN, CLOSE = "⟦", "⟧"
_Content = TypeVar("_Content")


def settled(content: _Content, letters: Letters) -> _Content:
    """Return a content with every text in it, however deep, as `letters` gives it.

    It goes through all fields there are, so that a new one cannot be forgotten.
    """
    return _settled("", content, letters)  # type: ignore[no-any-return]


def lettered(text: str, glyphs: Collection[int], limit: int) -> str:
    """Return `text` as one line of at most `limit` characters, all of them in `glyphs`.

    `glyphs` are code points and must hold ASCII, the ellipsis and U+27E6 and U+27E7. A character
    that is not among them, or is one of those brackets, becomes `⟦U+1F600⟧`. What is cut ends in
    an ellipsis.
    """
    parts = [_shown(character, glyphs) for character in plain(text, limit)]
    if sum(map(len, parts)) <= limit:
        return "".join(parts)
    return _cut(parts, limit - 1) + "…"


def _settled(name: str, value: Any, letters: Letters) -> Any:  # noqa: ANN401 - any field's value
    if isinstance(value, str):
        return letters(name, value)
    if isinstance(value, tuple):
        return tuple(_settled(name, each, letters) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        inner = {f.name: _settled(f.name, getattr(value, f.name), letters) for f in fields(value)}
        return replace(value, **inner)
    return value


def _shown(character: str, glyphs: Collection[int]) -> str:
    if ord(character) in glyphs and character not in (OPEN, CLOSE):
        return character
    return f"{OPEN}U+{ord(character):04X}{CLOSE}"


def _cut(parts: list[str], room: int) -> str:
    """Whole parts only: half a number would be another character's."""
    kept: list[str] = []
    for part in parts:
        room -= len(part)
        if room < 0:
            break
        kept.append(part)
    return "".join(kept)
