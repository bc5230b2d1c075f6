"""`package …`: who signed the packages that profiles install."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, rooms

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    package = rooms(commands.add_parser("package", help="packages that profiles install"))
    checksum = package.add_parser(
        "checksum", help="say who signed packages, as profiles and codes want it; exit code 0 or 1"
    )
    checksum.add_argument("files", type=Path, nargs="+", metavar="FILE")
    checksum.add_argument(
        "--is", dest="wanted", default="", metavar="CHECKSUM",
        help="prove that they are signed by this one; hexadecimal is taken too",
    )  # fmt: skip
    does(checksum, _checksum)


def _checksum(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.packages import tell_signers  # noqa: PLC0415 - where it is done

    return tell_signers(asked.files, asked.wanted)
