"""`central init`: make a store of a database, or bring one to the newest form."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bench.command_line.errands.central.words import in_database, with_authority
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the command of this room."""
    init = commands.add_parser("init", help="set a store up, or bring it to the newest form")
    in_database(init)
    init.add_argument("--name", required=True, help="what benches are told it is called")
    init.add_argument(
        "--host", action="append", default=[], metavar="NAME",
        help="a name or address that benches reach it by; may be repeated, the first is told them",
    )  # fmt: skip
    init.add_argument("--simulated", action="store_true", help="for training, never for real")
    init.add_argument(
        "--pooled", action=argparse.BooleanOptionalAction, default=None,
        help="benches come through a pooler that checks certificates, so the store looks for none "
        "(default: as it is); see the help page central-scale for what is lost",
    )  # fmt: skip
    init.add_argument(
        "--beside", action="store_true",
        help="although another store is on the server, whose benches could then sign in to both",
    )  # fmt: skip
    with_authority(init)
    does(init, _init)


def _init(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central.setting_up import (  # noqa: PLC0415 - where it is done
        SetUp,
        init,
    )

    return init(
        SetUp(
            database=asked.database,
            name=asked.name,
            hosts=tuple(asked.host),
            simulated=asked.simulated,
            authority=asked.authority,
            pooled=asked.pooled,
            beside=asked.beside,
        )
    )
