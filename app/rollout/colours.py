"""How the roles of a plot look in both themes; each has a stroke of its own as well.

Every colour has a contrast of 3 or more to the card that it is drawn on (WCAG 2.2, 1.4.11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app.theme import Theme
from bench.stock.programme.plot import Role


class Ink(NamedTuple):
    """A colour on a light card and on a dark one, as `#RRGGBB`."""

    light: str
    dark: str


INKS: Mapping[Role, Ink] = {
    Role.COUNTED_IN: Ink("#5A5A5A", "#B8B8B8"),
    Role.STAGED: Ink("#005F4B", "#00C79A"),
    Role.HANDED_OVER: Ink("#14517C", "#6FC1F0"),
    Role.LIMIT: Ink("#C23B00", "#FF8A5C"),
    Role.FORECAST: Ink("#7A4FA0", "#C9A6F0"),
    Role.NOW: Ink("#10181D", "#F2F5F7"),
}


def ink(role: Role, theme: Theme) -> str:
    """Return the colour of a role."""
    return INKS[role].dark if theme.dark else INKS[role].light
