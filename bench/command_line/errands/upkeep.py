"""`doctor`, `scanner-paper` and `key …`: a bench's devices and how its secrets are kept."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, rooms

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    doctor = commands.add_parser("doctor", help="look at the bench and say how to mend it")
    said = doctor.add_mutually_exclusive_group()
    said.add_argument("--json", action="store_true", help="one JSON object with every line")
    said.add_argument(
        "--json-lines", action="store_true", help="a JSON object for each, as it comes"
    )
    said.add_argument(
        "--print-udev-rules", action="store_true", help="print the udev rules to install"
    )
    does(doctor, _doctor)
    paper = commands.add_parser("scanner-paper", help="the paper that sets scanners up, as a PDF")
    paper.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write it")
    does(paper, _paper)
    key = rooms(commands.add_parser("key", help="the secrets of the bench"))
    seal = key.add_parser("seal", help="seal what lies in files, as well as this computer can")
    seal.add_argument("file", type=Path, metavar="RECORD")
    does(seal, _seal)


def _doctor(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line import consultation  # noqa: PLC0415 - where it is done

    if asked.print_udev_rules:
        return consultation.print_udev_rules(program)
    form = consultation.Form
    said = form.JSON if asked.json else form.LINES if asked.json_lines else form.WORDS
    return consultation.consult(asked.settings, program, said)


def _paper(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.papers import write_scanner_paper  # noqa: PLC0415 - where it is done

    return write_scanner_paper(asked.settings, asked.out, program)


def _seal(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.program import vault_of  # noqa: PLC0415 - where it is done
    from bench.command_line.sealing import seal_secrets  # noqa: PLC0415 - where it is done

    return seal_secrets(vault_of(asked.file))
