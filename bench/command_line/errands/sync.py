"""`sync`: the exchange with the central store, by hand, at night, and for the window."""

from __future__ import annotations

import argparse
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, existing

if TYPE_CHECKING:
    from bench.command_line.program import Program
    from bench.command_line.sync.manner import Manner

_PRINTED = Path()
_STATUSES = """exit statuses: 0 in step with the centre, or none is set up; 1 the centre was away
or busy, it is tried again next time; 2 the settings are wrong; 3 stopped, a person has to act; 4
another exchange of this record is under way; 5 the time was up, the rest waits; 130 ended when
asked to"""


def add(commands: Commands) -> None:
    """Add the command of this room."""
    sync = commands.add_parser(
        "sync", help="exchange the record with the central store", epilog=_STATUSES
    )
    sync.add_argument(
        "--settings", type=existing, metavar="FILE", default=argparse.SUPPRESS,
        help="another settings file",
    )  # fmt: skip
    sync.add_argument(
        "--print-units", nargs="?", type=Path, const=_PRINTED, metavar="FOLDER",
        help="print the units of the night's exchange, or lay them into a folder; exchange nothing",
    )  # fmt: skip
    sync.add_argument("--follow", action="store_true", help="go on, by lines of JSON, for a bench")
    night = sync.add_mutually_exclusive_group()
    night.add_argument(
        "--spread", action="store_true",
        help="wait this bench's share of the night of the settings first",
    )  # fmt: skip
    night.add_argument(
        "--wait-up-to", type=_seconds, metavar="SECONDS", help="wait its share of these first"
    )
    sync.add_argument(
        "--try-for", type=_seconds, default=60.0, metavar="SECONDS",
        help="how long it is tried while the centre takes nothing (60)",
    )  # fmt: skip
    sync.add_argument(
        "--at-most", type=_seconds, metavar="SECONDS", help="end after so long, the rest waits"
    )
    manner = sync.add_mutually_exclusive_group()
    manner.add_argument("--json", action="store_true", help="end with one JSON object")
    manner.add_argument("--json-lines", action="store_true", help="say lines of JSON, as they come")
    manner.add_argument("--quiet", action="store_true", help="speak of trouble only")
    does(sync, _sync)


def _sync(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.sync.running import Sync, follow, sync_once  # noqa: PLC0415 - where it is done
    from bench.inventory.sync.sending import Limits  # noqa: PLC0415 - as above

    if asked.print_units is not None:
        from bench.command_line.sync.units import print_units  # noqa: PLC0415 - as above

        folder = None if asked.print_units is _PRINTED else asked.print_units
        return print_units(asked.settings, folder, program)
    if asked.follow:
        return follow(asked.settings)
    return sync_once(
        Sync(
            asked.settings,
            Limits(asked.try_for, asked.at_most),
            spread=asked.spread,
            wait_up_to=asked.wait_up_to,
            manner=_manner(asked),
        ),
        program,
    )


def _manner(asked: argparse.Namespace) -> Manner:
    from bench.command_line.sync.manner import Manner  # noqa: PLC0415 - as above

    if asked.json:
        return Manner.JSON
    if asked.json_lines:
        return Manner.LINES
    return Manner.QUIET if asked.quiet else Manner.USUAL


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found < inf:
        raise argparse.ArgumentTypeError(f"give a number of seconds, not {text!r}")
    return found
