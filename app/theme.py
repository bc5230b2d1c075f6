"""How a state looks: the one table from category to colours and shape, light and dark.

The colours differ for normal, protan, deutan and tritan eyes; a test computes it from this table.
Colour never stands alone: each category has an outline of its own, and the slot a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

from PySide6 import QtCore
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from bench.events.views import Category, ScanTone

Choice: TypeAlias = Literal["system", "light", "dark"]


class Shape(StrEnum):
    """The outline beside the word; no two categories share one."""

    DASHED = "dashed"
    RING = "ring"
    TRIANGLE = "triangle"
    ARC = "arc"
    TICK = "tick"
    OCTAGON = "octagon"
    BAR = "bar"


class Paint(NamedTuple):
    """A fill and the ink that is legible on it, as `#RRGGBB`."""

    fill: str
    ink: str


class Look(NamedTuple):
    """A category in both themes."""

    light: Paint
    dark: Paint
    shape: Shape


_BLACK, _WHITE = "#000000", "#FFFFFF"
_HALF = 0.5

LOOKS: Mapping[Category, Look] = {
    Category.EMPTY: Look(Paint("#FFFFFF", _BLACK), Paint("#1B2327", _WHITE), Shape.DASHED),
    Category.ATTACHED: Look(Paint("#C9D6E6", _BLACK), Paint("#34495E", _WHITE), Shape.RING),
    Category.NEEDS_YOU: Look(Paint("#F0E442", _BLACK), Paint("#E8CF3A", _BLACK), Shape.TRIANGLE),
    Category.WORKING: Look(Paint("#3FA7E0", _BLACK), Paint("#1479B8", _WHITE), Shape.ARC),
    Category.DONE: Look(Paint("#005F4B", _WHITE), Paint("#00A37F", _BLACK), Shape.TICK),
    Category.HELD: Look(Paint("#C23B00", _WHITE), Paint("#D9480F", _BLACK), Shape.OCTAGON),
    Category.VOID: Look(Paint("#A8A8A8", _BLACK), Paint("#5E5E5E", _WHITE), Shape.BAR),
}

TONES: Mapping[ScanTone, tuple[Category, str]] = {
    ScanTone.GOOD: (Category.DONE, "Taken"),
    ScanTone.REPEATED: (Category.ATTACHED, "Again"),
    ScanTone.BAD: (Category.HELD, "Not taken"),
}
"""A scan's answer borrows the look of a category and adds its own word."""

TRAINING = Paint("#4B2A7B", _WHITE)
"""The watermark of a simulated bench: a colour that no state has."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Everything around the tiles, and which column of the table holds."""

    dark: bool
    window: str
    card: str
    line: str
    ink: str
    muted: str
    accent: str

    def paint(self, category: Category) -> Paint:
        """Return fill and ink of a category."""
        return LOOKS[category].dark if self.dark else LOOKS[category].light

    def palette(self) -> QPalette:
        """Return Qt's palette of this theme."""
        palette = QPalette(QColor(self.card), QColor(self.window))
        for role, colour in self._roles().items():
            palette.setColor(role, QColor(colour))
        for role in (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Text):
            palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(self.muted))
        return palette

    def _roles(self) -> dict[QPalette.ColorRole, str]:
        role = QPalette.ColorRole
        on_accent = _BLACK if self.dark else _WHITE
        return {
            role.Window: self.window, role.WindowText: self.ink,
            role.Base: self.card, role.AlternateBase: self.window, role.Text: self.ink,
            role.Button: self.card, role.ButtonText: self.ink, role.PlaceholderText: self.muted,
            role.Highlight: self.accent, role.HighlightedText: on_accent,
            role.Accent: self.accent, role.Mid: self.line,
            role.ToolTipBase: self.card, role.ToolTipText: self.ink,
        }  # fmt: skip


LIGHT = Theme(
    dark=False, window="#E8ECF0", card="#FFFFFF", line="#B9C4CD",
    ink="#10181D", muted="#4A5761", accent="#14517C",
)  # fmt: skip
DARK = Theme(
    dark=True, window="#0E1417", card="#1B2327", line="#46545D",
    ink="#F2F5F7", muted="#AAB7C0", accent="#6FC1F0",
)  # fmt: skip


def chosen(choice: Choice) -> Theme:
    """Return the theme of the settings, or for `system` what the desktop asks for now."""
    match choice:
        case "light":
            return LIGHT
        case "dark":
            return DARK
        case "system":
            scheme = QApplication.styleHints().colorScheme()
            return DARK if scheme == QtCore.Qt.ColorScheme.Dark else LIGHT


def foreseen(choice: Choice) -> Theme:
    """Return the same for the first paint, which cannot wait for Qt's namespace, as in `app.parts`.

    For `system` it is read off the palette that the desktop gave the application.
    """
    if choice != "system":
        return chosen(choice)
    given = QApplication.palette().color(QPalette.ColorRole.Window)
    return DARK if given.lightnessF() < _HALF else LIGHT
