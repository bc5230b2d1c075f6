"""`stock holders`, `stock held-by`, `stock quarantine`: who has which handset, what is aside."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bench.command_line.errands.stock.words import as_json, of_record
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    holders = commands.add_parser("holders", help="who has handsets, by pseudonym")
    of_record(holders)
    as_json(holders)
    does(holders, _holders)
    held = commands.add_parser("held-by", help="what a person has, or who had a handset")
    of_record(held)
    held.add_argument("whom", metavar="WHOM", help="a pseudonym, or a handset's tag or IMEI")
    held.add_argument("--ever", action="store_true", help="also what they gave back")
    as_json(held)
    does(held, _held)
    aside = commands.add_parser("quarantine", help="what is set aside, the longest first")
    of_record(aside)
    as_json(aside)
    does(aside, _aside)


def _holders(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.handing import show_holders  # noqa: PLC0415 - where it is done

    return show_holders(asked.record, as_json=asked.json)


def _held(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.handing import show_held  # noqa: PLC0415 - where it is done

    return show_held(asked.record, asked.whom, ever=asked.ever, as_json=asked.json)


def _aside(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.handing import show_aside  # noqa: PLC0415 - where it is done

    return show_aside(asked.record, as_json=asked.json)
