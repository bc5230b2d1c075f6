"""`stock sims`, `stock sim`, `stock rehome`, `stock licences`: SIMs, contracts, pools."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bench.command_line.errands.stock.words import as_json, of_record
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    sims = commands.add_parser("sims", help="SIMs by supplier, contract and state")
    of_record(sims)
    as_json(sims)
    does(sims, _sims)
    _add_sim(commands)
    _add_rehome(commands)
    licences = commands.add_parser("licences", help="licence pools by purchase; 1 if one is low")
    of_record(licences)
    as_json(licences)
    does(licences, _licences)


def _add_sim(commands: Commands) -> None:
    sim = commands.add_parser("sim", help="tell one SIM's history")
    of_record(sim)
    sim.add_argument("iccid", metavar="ICCID")
    sim.add_argument("--number", action="store_true", help="tell its whole telephone number")
    as_json(sim)
    does(sim, _sim)


def _add_rehome(commands: Commands) -> None:
    rehome = commands.add_parser("rehome", help="put the SIMs of a contract under another")
    of_record(rehome)
    rehome.add_argument("supplier", metavar="SUPPLIER")
    rehome.add_argument("before", metavar="CONTRACT", help="the one that is replaced")
    rehome.add_argument("contract", metavar="NEW", help="the one that replaces it")
    does(rehome, _rehome)


def _sims(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.sims import show_all  # noqa: PLC0415 - where it is done

    return show_all(asked.record, as_json=asked.json)


def _sim(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.sims import show_one  # noqa: PLC0415 - where it is done

    return show_one(asked.record, asked.iccid, whole_number=asked.number, as_json=asked.json)


def _rehome(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock.sims import put_under  # noqa: PLC0415 - where it is done

    return put_under(asked.record, asked.supplier, asked.before, asked.contract, program)


def _licences(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock.licences import show_pools  # noqa: PLC0415 - where it is done

    return show_pools(asked.record, as_json=asked.json)
