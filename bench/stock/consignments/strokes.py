"""A signature drawn on the screen, as the lines that it is. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bench.events.person import HiddenText

Stroke: TypeAlias = tuple[tuple[int, int], ...]
"""Points, x and y each 0 to 9999 of the field's width and height, from its left top corner."""
SPAN = 10_000
_LONGEST = 60_000
_FEWEST = 4
_POINT = r"[0-9]{1,4},[0-9]{1,4}"
_STROKES = re.compile(rf"{_POINT}(?:[ ;]{_POINT})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signed:
    """One side of a manifest as it was signed on the screen: by whom, a pseudonym, and when.

    `strokes` are empty where the signature was erased.
    """

    who: str
    at: datetime
    strokes: tuple[Stroke, ...] = ()


def read_strokes(strokes: HiddenText) -> tuple[Stroke, ...]:
    """Return the lines; `ValueError`, without the text, for what is no signature.

    That is fewer than four points, more than 60,000 characters, or another spelling than that of
    `bench.events.desks.SignatureDrawn`.
    """
    text = strokes.text
    if len(text) > _LONGEST or not _STROKES.fullmatch(text):
        raise ValueError("it is not drawn as a signature is")
    lines = tuple(tuple(_point(each) for each in stroke.split(" ")) for stroke in text.split(";"))
    if sum(map(len, lines)) < _FEWEST:
        raise ValueError("it is a dot or two")
    return lines


def _point(text: str) -> tuple[int, int]:
    x, _, y = text.partition(",")
    return int(x), int(y)
