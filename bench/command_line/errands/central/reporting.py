"""`central project | status | acknowledge | report | history`: what the store knows."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.central.words import in_database
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    _add_project(commands)
    _add_status(commands)
    _add_report(commands)
    looked = commands.add_parser(
        "acknowledge", help="let a bench's open alarms be, until they recur"
    )
    looked.add_argument("name", metavar="NAME", help="the bench")
    in_database(looked)
    does(looked, _acknowledge)
    history = commands.add_parser("history", help="one handset's events over all benches")
    history.add_argument("imei", metavar="IMEI", help="any that it ever had")
    _said(history, "one JSON object")
    does(history, _history)


def _add_project(commands: Commands) -> None:
    project = commands.add_parser("project", help="take new events into what is looked up")
    project.add_argument(
        "--anew", action="store_true", help="forget all that is looked up, and make it again"
    )
    _said(project, "one JSON object at the end")
    does(project, _project)


def _add_status(commands: Commands) -> None:
    status = commands.add_parser(
        "status", help="each bench; exit status 0, 1 or 2 as monitors expect it"
    )
    status.add_argument(
        "--silent-days", type=_days, default=2.0, metavar="N",
        help="look at a bench from which nothing came for so long (default: 2)",
    )  # fmt: skip
    status.add_argument(
        "--lost-days", type=_days, default=7.0, metavar="N",
        help="something is wrong with one from which nothing came for so long (default: 7)",
    )  # fmt: skip
    status.add_argument(
        "--lag", type=_count, default=100_000, metavar="N",
        help="look at a bench with more events than this not yet looked up (default: 100000)",
    )  # fmt: skip
    status.add_argument(
        "--behind-minutes", type=_minutes, default=30.0, metavar="N",
        help="look when an event waits so long to be looked up (default: 30)",
    )  # fmt: skip
    status.add_argument(
        "--stopped-minutes", type=_minutes, default=360.0, metavar="N",
        help="something is wrong when one waits so long (default: 360)",
    )  # fmt: skip
    _said(status, "one JSON object")
    does(status, _status)


def _add_report(commands: Commands) -> None:
    report = commands.add_parser("report", help="events, conflicts, handsets set aside, the books")
    form = report.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object")
    form.add_argument("--csv", type=Path, metavar="FILE", help="every table into one CSV file")
    form.add_argument("--out", type=Path, metavar="FILE.md", help="into a file instead")
    in_database(report)
    does(report, _report)


def _said(parser: argparse.ArgumentParser, how: str) -> None:
    parser.add_argument("--json", action="store_true", help=how)
    in_database(parser)


def _project(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central.reporting import project  # noqa: PLC0415 - where it is done

    return project(asked.database, anew=asked.anew, as_json=asked.json)


def _status(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central.standing import status  # noqa: PLC0415 - where it is done
    from bench.inventory.reports.verdict import Bounds  # noqa: PLC0415 - where it is done

    bounds = Bounds(
        asked.silent_days, asked.lost_days, asked.lag, asked.behind_minutes, asked.stopped_minutes
    )
    return status(asked.database, bounds, as_json=asked.json)


def _acknowledge(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central.acknowledging import (  # noqa: PLC0415 - where it is done
        acknowledge,
    )

    return acknowledge(asked.database, asked.name)


def _report(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import reporting  # noqa: PLC0415 - where it is done

    form = reporting.Form.MARKDOWN
    if asked.json or asked.csv:
        form = reporting.Form.JSON if asked.json else reporting.Form.CSV
    return reporting.report(asked.database, form, asked.csv or asked.out)


def _history(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central.reporting import history  # noqa: PLC0415 - where it is done

    return history(asked.database, asked.imei, as_json=asked.json)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 < days < 36_500:  # noqa: PLR2004 - a hundred years
        raise argparse.ArgumentTypeError(f"give a number of days, not {text!r}")
    return days


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = -1.0
    if not 0 < minutes < 1_000_000:  # noqa: PLR2004 - two years
        raise argparse.ArgumentTypeError(f"give a number of minutes, not {text!r}")
    return minutes


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:  # noqa: PLR2004 - enough
        raise argparse.ArgumentTypeError(f"give a number of events, not {text!r}")
    return int(text)
