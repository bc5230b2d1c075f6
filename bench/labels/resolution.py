"""How fine a printer prints, and what that makes of millimetres."""

from __future__ import annotations

_MM_PER_INCH = 25.4
_BY_THE_MILLIMETRE = {152: 6.0, 203: 8.0, 305: 12.0, 610: 24.0}
"""Heads that have whole dots in a millimetre and are named by dots in an inch, rounded."""


def dots_per_mm(dpi: int) -> float:
    """Return the dots in a millimetre of a printer that is named by its dots in an inch.

    203 dpi are 8 dots/mm. Data sheets also call 12 dots/mm "300 dpi", but the two differ by 1.6 %,
    a millimetre on a label 62 mm long: 300 are 11.811 dots/mm here, and 305 are 12.
    """
    return _BY_THE_MILLIMETRE.get(dpi, dpi / _MM_PER_INCH)


def whole_dots(millimetres: float, dots_per_mm: float) -> int:
    """Return how many dots fit into a length; 50.8 mm at 300 dpi are 600, and not 599."""
    return int(round(millimetres * dots_per_mm, 3))
