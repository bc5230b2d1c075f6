"""`stock import` and what belongs to it: what files say, and where they disagree."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.stock.words import as_json, of_record
from bench.command_line.errands.words import Commands, does, existing

if TYPE_CHECKING:
    from bench.command_line.program import Program

_KINDS = ("order", "despatch", "fleet", "sims", "licences", "budget", "programme")


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    _add_import(commands)
    sent = commands.add_parser("import-delivered", help="take the orders that the centre sent down")
    of_record(sent)
    does(sent, _take_delivered)
    imports = commands.add_parser("imports", help="which files were taken")
    of_record(imports)
    as_json(imports)
    does(imports, _imports)
    differ = commands.add_parser("disagreements", help="where files disagree; exit code 0 or 1")
    of_record(differ)
    as_json(differ)
    differ.add_argument("--settled", action="store_true", help="those that are settled as well")
    does(differ, _disagreements)
    settle = commands.add_parser("settle", help="say whose word stands where a file disagrees")
    of_record(settle)
    settle.add_argument("number", type=_number, metavar="IMPORT", help="its number (stock imports)")
    settle.add_argument("which", choices=("ours", "theirs"), help="as before, or as the file says")
    does(settle, _settle)


def _add_import(commands: Commands) -> None:
    take = commands.add_parser("import", help="take a file of a supplier in; exit code 0, 1 or 2")
    of_record(take)
    take.add_argument("file", type=existing, metavar="FILE", help="CSV or XLSX")
    take.add_argument("--kind", choices=_KINDS, help="what it is a list of, if not as guessed")
    take.add_argument(
        "--map", type=_pair, action="append", default=[], metavar="FIELD=HEADING",
        help="which column a field is in",
    )  # fmt: skip
    take.add_argument(
        "--all", type=_pair, action="append", default=[], metavar="FIELD=TEXT",
        help="what is the same in all rows, such as number=PO-1",
    )  # fmt: skip
    take.add_argument("--sheet", default="", metavar="NAME", help="which sheet of a workbook")
    take.add_argument(
        "--refused", type=Path, metavar="FOLDER", help="where the refused rows are written"
    )
    take.add_argument("--yes", action="store_true", help="take it; without, it is only shown")
    as_json(take)
    does(take, _take_in)


def _take_in(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock import intake  # noqa: PLC0415 - where it is done
    from bench.stock.intake.kinds import FileKind  # noqa: PLC0415 - as above

    wanted = intake.Wanted(
        record=asked.record,
        file=asked.file,
        kind=FileKind(asked.kind) if asked.kind else None,
        columns=asked.map,
        given=asked.all,
        sheet=asked.sheet,
        refused=asked.refused,
        yes=asked.yes,
        as_json=asked.json,
    )
    return intake.take_in(wanted, program)


def _take_delivered(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock import intake  # noqa: PLC0415 - where it is done

    return intake.take_delivered(asked.record, program)


def _imports(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock import intake  # noqa: PLC0415 - where it is done

    return intake.show_imports(asked.record, as_json=asked.json)


def _disagreements(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.stock import intake  # noqa: PLC0415 - where it is done

    return intake.show_disagreements(asked.record, as_json=asked.json, settled=asked.settled)


def _settle(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.stock import intake  # noqa: PLC0415 - where it is done
    from bench.stock.intake.settling import Which  # noqa: PLC0415 - as above

    return intake.settle(asked.record, asked.number, Which(asked.which), program)


def _pair(text: str) -> tuple[str, str]:
    name, sign, rest = text.partition("=")
    if not (name and sign and rest):
        raise argparse.ArgumentTypeError(f"say FIELD=TEXT, not {text!r}")
    return name, rest


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - no import has more
        raise argparse.ArgumentTypeError(f"give the number of an import, not {text!r}")
    return int(text)
