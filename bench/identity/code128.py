"""Code 128 both ways: widths of bars and spaces from a text, and the text from a row of dots.

The label draws the one; the simulated technician reads the other off what was really printed, so
that training needs no camera. Source: ISO/IEC 15417. No I/O, any thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

QUIET = 10
"""Modules of white that a reader needs on either side (ISO/IEC 15417, clause 4.4)."""

_SWITCH_TO_C, _SWITCH_TO_B = 99, 100
_START_B, _START_C, _STOP = 104, 105, 106
_PATTERNS = tuple(
    tuple(map(int, pattern))
    for pattern in """
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212
    112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131
    311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321
    112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
    313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111
    314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114
    122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212
    124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
    114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112
    """.split()  # noqa: SIM905 - a table reads best as one
)
_VALUES = {pattern: value for value, pattern in enumerate(_PATTERNS)}


def modules(text: str) -> tuple[int, ...]:
    """Return the widths, in modules, of bar, space, bar … bar, without quiet zones.

    Code sets B and C are mixed so that the symbol is the shortest there is. Raises `ValueError`
    for an empty text and for characters outside code set B (space to tilde).
    """
    if not text or not all(" " <= character <= "~" for character in text):
        raise ValueError("Code 128 here takes one or more characters from space to tilde.")
    values = _shortest(text)
    return tuple(width for value in (*values, _check(values), _STOP) for width in _PATTERNS[value])


def read_row(row: Sequence[bool]) -> str | None:
    """Return the text of the first symbol along a row of dots (True is black), or None.

    Any module size will do; both quiet zones must be there and the check symbol must fit. An
    upside-down label is read from its other end.
    """
    return next(_readings(row), None) or next(_readings(row[::-1]), None)


def _shortest(text: str) -> tuple[int, ...]:
    """Start and data symbols: the shortest way for each rest of the text, from its end."""
    in_b: list[tuple[int, ...]] = [(), ()]
    in_c: list[tuple[int, ...]] = [(), ()]
    for place in reversed(range(len(text))):
        as_b = (ord(text[place]) - 32, *in_b[0])
        pair = text[place : place + 2]
        if len(pair) == 2 and pair.isdigit():  # noqa: PLR2004 - a pair is two
            as_c = (int(pair), *in_c[1])
            best_b = min(as_b, (_SWITCH_TO_C, *as_c), key=len)
            best_c = min(as_c, (_SWITCH_TO_B, *as_b), key=len)
        else:
            best_b, best_c = as_b, (_SWITCH_TO_B, *as_b)
        in_b, in_c = [best_b, in_b[0]], [best_c, in_c[0]]
    return min((_START_B, *in_b[0]), (_START_C, *in_c[0]), key=len)


def _check(values: Sequence[int]) -> int:
    """The check symbol: start once, then each data symbol by its place, modulo 103."""
    return (values[0] + sum(place * value for place, value in enumerate(values))) % 103


def _readings(row: Sequence[bool]) -> Iterator[str]:
    runs = [(black, len(list(dots))) for black, dots in groupby(row)]
    for place in range(1, len(runs) - 1):
        if runs[place][0]:
            text = _text(_symbols([width for _, width in runs[place - 1 :]]))
            if text is not None:
                yield text


def _symbols(runs: Sequence[int]) -> list[int]:
    """The symbols from behind a quiet zone (the first run) to the stop; empty if it is none."""
    values: list[int] = []
    for place in range(1, len(runs) - 6, 6):
        module = sum(runs[place : place + 6]) / 11
        if not values and runs[0] < QUIET * module:
            return []
        value = _value(runs[place : place + 6], module)
        if value is None:
            return _ended(values, runs[place:])
        values.append(value)
    return []


def _ended(values: list[int], rest: Sequence[int]) -> list[int]:
    """The symbols, if what follows is the stop and a quiet zone."""
    module = sum(rest[:7]) / 13
    stops = len(rest) > 7 and _value(rest[:7], module) == _STOP  # noqa: PLR2004 - bars of a stop
    return values if stops and rest[7] >= QUIET * module else []


def _value(runs: Sequence[int], module: float) -> int | None:
    return _VALUES.get(tuple(round(run / module) for run in runs))


def _text(values: Sequence[int]) -> str | None:
    """What the symbols say, if the check symbol fits and only code sets B and C are used."""
    if len(values) < 3 or values[-1] != _check(values[:-1]):  # noqa: PLR2004 - start, one, check
        return None
    text, set_c = "", values[0] == _START_C
    if values[0] not in (_START_B, _START_C):
        return None
    for value in values[1:-1]:
        match value, set_c:
            case (100, True) | (99, False):
                set_c = not set_c
            case _, True if value < 100:  # noqa: PLR2004 - a pair of digits
                text += f"{value:02d}"
            case _, False if value < 95:  # noqa: PLR2004 - space to tilde
                text += chr(value + 32)
            case _:
                return None
    return text
