"""`stock …`: orders, SIMs, licences, consignments and the roll-out. These rooms only parse."""

from __future__ import annotations

from bench.command_line.errands.stock import (
    consignments,
    goods_in,
    handing,
    intake,
    papers,
    programme,
    sims,
)
from bench.command_line.errands.words import Commands, rooms

ROOMS = (
    intake.add,
    goods_in.add,
    papers.add,
    consignments.add,
    handing.add,
    sims.add,
    programme.add,
)
"""Each adds the commands of its room."""


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    stock = commands.add_parser("stock", help="what was bought, where it is, who has it")
    its = rooms(stock)
    for room in ROOMS:
        room(its)
