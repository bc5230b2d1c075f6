"""A plot as points in a square from 0 to 1, its origin below left: for a screen and for paper.

Whoever paints one gives each role a colour and a stroke of its own; no curve is told by its colour
alone, for each has its name beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a curve or a mark stands for."""

    COUNTED_IN = "counted-in"
    STAGED = "staged"
    HANDED_OVER = "handed-over"
    LIMIT = "limit"
    """What is to be reached, or not to be passed."""
    FORECAST = "forecast"
    NOW = "now"


class Point(NamedTuple):
    """A place in the square."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of a scale at 0 to 1, and what it is."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A line from point to point with its name, which stands at its end; "" for none."""

    role: Role
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A surface: where a curve may be."""

    role: Role
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Upright:
    """A vertical line through the whole plot with its name."""

    role: Role
    name: str
    x: float


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn; `spoken` says the same to somebody who does not see it."""

    title: str
    spoken: str
    across: tuple[Tick, ...] = ()
    up: tuple[Tick, ...] = ()
    bands: tuple[Band, ...] = ()
    curves: tuple[Curve, ...] = ()
    uprights: tuple[Upright, ...] = ()
