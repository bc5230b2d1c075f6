"""`stock roll-out`, `stock example`: the programme, and one to look at."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.stock.words import as_json, of_record
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.program import Program

_EXAMPLES = ("pcd-1323",)


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    shown = commands.add_parser("roll-out", help="how far it is; exit code 1 with a warning")
    of_record(shown)
    shown.add_argument("--out", type=_paper, metavar="FILE", help="as .pdf or .csv")
    as_json(shown)
    does(shown, _show)
    example = commands.add_parser("example", help="make a simulated roll-out to look at")
    example.add_argument("name", choices=_EXAMPLES)
    example.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    does(example, _make)


def _show(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock.programme import show  # noqa: PLC0415 - where it is done

    return show(asked.record, program, asked.out, as_json=asked.json)


def _make(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock.example import make  # noqa: PLC0415 - where it is done

    return make(asked.name, asked.out, program)


def _paper(text: str) -> Path:
    if not text.lower().endswith((".pdf", ".csv")):
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .pdf or .csv")
    return Path(text)
