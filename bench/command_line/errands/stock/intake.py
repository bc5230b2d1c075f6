"""`stock import`, `stock imports`, `stock disagreements`: what files say."""

from __future__ import annotations

from bench.command_line.errands.words import Commands


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    _ = commands
