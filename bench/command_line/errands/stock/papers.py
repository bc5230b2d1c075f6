"""`stock find`, `stock list`, `stock report`, `stock gaps`, `stock reconcile`, `stock shift`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.stock.words import as_json, of_record
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.program import Program

_GROUPS = ("phase", "number", "carton", "docket", "place")
_FORMS = ("pdf", "csv", "jsonl")


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    find = commands.add_parser("find", help="a handset, SIM, order or holder by what is known")
    of_record(find)
    find.add_argument("what", metavar="WHAT", help="a number, its end, or a name")
    as_json(find)
    does(find, _find)
    _add_list(commands)
    _add_report(commands)
    _add_gaps(commands)
    reconcile = commands.add_parser("reconcile", help="the day's sums; exit code 1 if one is off")
    of_record(reconcile)
    reconcile.add_argument("--record", action="store_true", dest="records", help="put it in")
    as_json(reconcile)
    does(reconcile, _reconcile)
    shift = commands.add_parser("shift", help="what the shift leaves; it is signed at the desk")
    of_record(shift)
    does(shift, _shift)


def _add_list(commands: Commands) -> None:
    listing = commands.add_parser("list", help="handsets by where they stand or came from")
    of_record(listing)
    listing.add_argument("by", choices=_GROUPS)
    listing.add_argument("name", nargs="?", metavar="NAME", help="which; else what there is")
    _with_paper(listing)
    does(listing, _list)


def _add_report(commands: Commands) -> None:
    report = commands.add_parser("report", help="write a report; without a name, which there are")
    of_record(report)
    report.add_argument("name", nargs="?", metavar="NAME")
    _with_paper(report)
    does(report, _report)


def _add_gaps(commands: Commands) -> None:
    gaps = commands.add_parser("gaps", help="times for which nobody had a handset")
    of_record(gaps)
    gaps.add_argument("handset", nargs="?", metavar="HANDSET", help="who had this one")
    _with_paper(gaps)
    does(gaps, _gaps)


def _with_paper(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", choices=_FORMS, default="csv", dest="form", help="csv unless told")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="else a name of its own, in this folder"
    )


def _find(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.finding import find  # noqa: PLC0415 - where it is done

    return find(asked.record, asked.what, as_json=asked.json)


def _list(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock.finding import listed  # noqa: PLC0415 - where it is done
    from bench.command_line.stock.papers import Paper  # noqa: PLC0415 - as above

    return listed(asked.record, asked.by, asked.name, Paper(asked.form, asked.out, program.fonts))


def _report(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock.papers import Paper, report  # noqa: PLC0415 - where it is done

    return report(asked.record, asked.name, Paper(asked.form, asked.out, program.fonts))


def _gaps(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock.finding import gaps  # noqa: PLC0415 - where it is done
    from bench.command_line.stock.papers import Paper  # noqa: PLC0415 - as above

    return gaps(asked.record, asked.handset, Paper(asked.form, asked.out, program.fonts))


def _reconcile(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock.days import reconcile  # noqa: PLC0415 - where it is done

    return reconcile(program, asked.record, records=asked.records, as_json=asked.json)


def _shift(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock.days import shift  # noqa: PLC0415 - where it is done

    return shift(program, asked.record)
