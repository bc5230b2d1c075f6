"""`delivered`: what the centre sent down to this bench."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, existing

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the command of this room."""
    delivered = commands.add_parser("delivered", help="what the centre sent down to this bench")
    delivered.add_argument("file", type=existing, metavar="FILE", help="the record")
    delivered.add_argument("--json", action="store_true", help="as one JSON object")
    delivered.add_argument(
        "--receipt", type=Path, metavar="FILE", help="write the centre's signed word of receipt"
    )
    does(delivered, _delivered)


def _delivered(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.delivered import show  # noqa: PLC0415 - where it is done

    return show(asked.file, as_json=asked.json, receipt=asked.receipt)
