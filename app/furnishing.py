"""Puts together what the window shows behind its first paint: slots, desks, sheets over them.

All of it is loaded with this, so only the window's second paint loads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.arrangement import Foot
from app.asked import Asked
from app.central.corner import CentreCorner
from app.checkup import Checkup
from app.desks.places import Places
from app.overlay import Overlay
from app.profile_shelf import ProfileShelf
from app.theme import Theme
from app.workplace import Workplace
from bench.staging.slots import HubLayout

if TYPE_CHECKING:
    from bench.events.run import Fact  # loads every room of the facts; the window posts a few


def furnish(
    layout: HubLayout,
    post: Callable[[Fact], bool],
    theme: Callable[[], Theme],
    say: Callable[[str], None],
    overlay: Overlay,
    foot: Foot,
    checkup: Checkup | None,
    shelf: ProfileShelf | None,
) -> tuple[Places, Asked]:
    """Return the places of the window, and what answers the keys that open something over them."""
    slots = Workplace(layout, post, theme())
    places = Places(slots, post, theme())
    for part in (slots, places):
        part.said.connect(say)
    centre = CentreCorner(foot.corner, post, theme, say)
    return places, Asked(overlay, places, theme, say, checkup, shelf, centre)
