"""`central add-bench` and what else comes to a store, is replaced, or leaves it."""

from __future__ import annotations

from bench.command_line.errands.words import Commands


def add(commands: Commands) -> None:
    """Add the commands of this room."""
