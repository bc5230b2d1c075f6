"""`central feed` and `central connectors`: the inventories that the centre feeds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.central.words import in_database
from bench.command_line.errands.words import Commands, does, existing

if TYPE_CHECKING:
    from bench.command_line.central.feeding import Feeding
    from bench.command_line.program import Program

FILE = Path("/etc/staging-bench/connectors.toml")
_MOST_MINUTES = 1440


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    feed = commands.add_parser("feed", help="feed an inventory what changed; exit code 0, 1 or 3")
    feed.add_argument("name", metavar="NAME", help="its section: snipe-it, drop or servicenow")
    in_database(feed)
    feed.add_argument(
        "--connectors", type=existing, default=FILE, metavar="FILE",
        help=f"which inventories there are (default: {FILE})",
    )  # fmt: skip
    how = feed.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="feed all that is due (as without)")
    how.add_argument("--preview", action="store_true", help="only show what would be done")
    how.add_argument("--begin", action="store_true", help="say yes to the last preview")
    how.add_argument(
        "--reconcile", type=Path, metavar="FILE",
        help="write how it differs from the record: CSV, or JSON to a file called .json",
    )  # fmt: skip
    how.add_argument("--set-up", action="store_true", help="make fields and labels in Snipe-IT")
    feed.add_argument("--out", type=Path, metavar="FILE", help="all of the preview, CSV")
    feed.add_argument(
        "--minutes", type=_minutes, default=60, metavar="N",
        help="feed for so long at most, or wait so long where it asks to (60)",
    )  # fmt: skip
    does(feed, _feed)
    states = commands.add_parser("connectors", help="what waits for each inventory, what failed")
    in_database(states)
    states.add_argument("--json", action="store_true", help="say it to a program")
    does(states, _states)


def _feed(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import feeding  # noqa: PLC0415 - where it is done

    its = feeding.Feeding(asked.database, asked.connectors, asked.name, asked.minutes)
    if asked.preview:
        return feeding.show(its, asked.out)
    if asked.reconcile:
        return feeding.compare(its, asked.reconcile)
    return _worked(asked, its)


def _worked(asked: argparse.Namespace, its: Feeding) -> int:
    from bench.command_line.central import feeding  # noqa: PLC0415 - where it is done

    if asked.begin:
        return feeding.begin(its)
    return feeding.set_up(its) if asked.set_up else feeding.feed(its)


def _states(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import feeding  # noqa: PLC0415 - where it is done

    return feeding.states(feeding.Feeding(asked.database, FILE), as_json=asked.json)


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST_MINUTES):
        raise argparse.ArgumentTypeError(f"give minutes from 1 to {_MOST_MINUTES}, not {text!r}")
    return int(text)
