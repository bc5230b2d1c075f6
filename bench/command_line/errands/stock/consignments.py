"""`stock consignments`, `stock manifest`, `stock recheck`: what is packed, and what left."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.stock.words import as_json, of_record
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.program import Program

STATES = ("open", "sealed", "dispatched")


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    consignments = commands.add_parser("consignments", help="what is packed for a site, what left")
    of_record(consignments)
    consignments.add_argument("--state", choices=STATES, help="only those that are so far")
    as_json(consignments)
    does(consignments, _consignments)
    _add_manifest(commands)
    recheck = commands.add_parser("recheck", help="handsets here whose staging is 14 days ago")
    of_record(recheck)
    as_json(recheck)
    does(recheck, _recheck)


def _add_manifest(commands: Commands) -> None:
    manifest = commands.add_parser("manifest", help="tell or write what was in a consignment")
    of_record(manifest)
    manifest.add_argument("docket", metavar="CONSIGNMENT", help="such as BENCH-07-C00012")
    manifest.add_argument("--version", type=int, metavar="N", help="an earlier one")
    manifest.add_argument("--out", type=_paper, metavar="FILE", help="write it, .pdf or .csv")
    as_json(manifest)
    does(manifest, _manifest)


def _paper(text: str) -> Path:
    if Path(text).suffix.lower() not in (".pdf", ".csv"):
        raise argparse.ArgumentTypeError("a manifest's name ends in .pdf or .csv")
    return Path(text)


def _consignments(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.consignments import show_all  # noqa: PLC0415 - where it is done
    from bench.stock.consignments.queries import State  # noqa: PLC0415 - as above

    state = State(asked.state) if asked.state else None
    return show_all(asked.record, state, as_json=asked.json)


def _manifest(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock import consignments  # noqa: PLC0415 - where it is done

    if asked.out:
        return consignments.write_manifest(
            asked.record, asked.docket, asked.version, asked.out, program.fonts
        )
    return consignments.show_manifest(asked.record, asked.docket, asked.version, as_json=asked.json)


def _recheck(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.consignments import show_due  # noqa: PLC0415 - where it is done

    return show_due(asked.record, as_json=asked.json)
