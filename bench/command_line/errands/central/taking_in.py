"""`central take-in`: events of benches that no network reaches, carried in a folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.central.words import in_database, with_authority
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the command of this room."""
    taking = commands.add_parser("take-in", help="take in what was carried here in a folder")
    taking.add_argument("drop", type=Path, metavar="FOLDER", help="what benches call file:/FOLDER")
    taking.add_argument("--json", action="store_true", help="one JSON object a file")
    in_database(taking)
    with_authority(taking)
    does(taking, _take_in)


def _take_in(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central.taking_in import (  # noqa: PLC0415 - where it is done
        TakeIn,
        take_in,
    )

    return take_in(TakeIn(asked.drop, asked.database, asked.authority, asked.json))
