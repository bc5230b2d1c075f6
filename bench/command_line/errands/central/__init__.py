"""`central …`: the central store as its administrator sees it. These rooms only parse."""

from __future__ import annotations

from bench.command_line.errands.central import (
    adding,
    feeding,
    publishing,
    reporting,
    serving,
    setting_up,
    taking_in,
)
from bench.command_line.errands.words import Commands, rooms

ROOMS = (
    setting_up.add,
    adding.add,
    publishing.add,
    feeding.add,
    reporting.add,
    taking_in.add,
    serving.add,
)
"""Each adds the commands of its room."""


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    central = commands.add_parser("central", help="the central store: set it up, keep it")
    its = rooms(central)
    for room in ROOMS:
        room(its)
