"""`upload …`: files for enrolment services, made of the record's handsets or a supplier's list."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.words import Commands, does, existing, rooms

if TYPE_CHECKING:
    from bench.command_line.program import Program
    from bench.command_line.upload_desk import UploadDesk, Wanted

_PHASES = (
    "new", "in-stock", "at-bench", "staged", "packed", "sealed", "dispatched", "received",
    "handed-over", "returned", "quarantined", "wiped",
)  # fmt: skip


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    upload = rooms(commands.add_parser("upload", help="files for enrolment services"))
    does(upload.add_parser("formats", help="which formats there are"), _formats)
    for name, words in (
        ("preview", "say what would be made; nothing is written"),
        ("make", "make the files, with a manifest and an event that prove them"),
    ):
        _add_wanted(upload.add_parser(name, help=words), _preview if name == "preview" else _make)
    confirm = _with_record(upload, "confirm", "say that a batch was handed in and taken", _confirm)
    confirm.add_argument("batch", metavar="BATCH", help="its name, such as knox-0001")
    _with_record(upload, "list", "which batches there are, and whether each is sound", _list)
    where = _with_record(upload, "where", "which files a handset is in", _where)
    where.add_argument("handset", metavar="IMEI", help="or its serial number")


def _with_record(
    upload: Commands, name: str, words: str, work: Callable[[argparse.Namespace, Program], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = upload.add_parser(name, help=words)
    parser.add_argument("record", type=existing, metavar="RECORD")
    _add_out(parser)
    does(parser, work)
    return parser


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="the batches, if not uploads beside the record"
    )


def _add_wanted(
    parser: argparse.ArgumentParser, work: Callable[[argparse.Namespace, Program], int]
) -> None:
    parser.add_argument("format", metavar="FORMAT", help="its name (upload formats), or a file")
    parser.add_argument("record", type=existing, metavar="RECORD")
    _add_out(parser)
    parser.add_argument("--from", dest="listed", type=existing, metavar="FILE",
                        help="a supplier's list instead of the record's handsets")  # fmt: skip
    parser.add_argument("--column", action="append", type=_pair, default=[], metavar="imei=HEADING",
                        help="what a column of the list is; may be repeated")  # fmt: skip
    parser.add_argument("--profile", type=existing, metavar="FILE",
                        help="whose type allocation codes the IMEIs must have")  # fmt: skip
    parser.add_argument("--tac", action="append", type=_tac, default=[], metavar="TAC",
                        help="one more such code; may be repeated")  # fmt: skip
    parser.add_argument("--phase", action="append", choices=_PHASES, default=[],
                        help="only handsets in it; may be repeated")  # fmt: skip
    parser.add_argument("--imei", choices=("first", "second", "lowest"),
                        help="which IMEI names a handset, unless the format says")  # fmt: skip
    parser.add_argument("--set", action="append", type=_pair, default=[], metavar="owner=VALUE",
                        dest="options", help="what the format asks for")  # fmt: skip
    parser.add_argument("--order", default="", metavar="NUMBER", help="the order they are of")
    parser.add_argument("--again", action="store_true", help="also those in an earlier file")
    parser.add_argument("--anyway", action="store_true", help="whatever is said against it")
    does(parser, work)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name) or not value.strip():
        raise argparse.ArgumentTypeError(f"give a name, = and a text, not {text!r}")
    return name, value


def _tac(text: str) -> str:
    if not re.fullmatch(r"[0-9]{8}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"a type allocation code has 8 digits, not {text!r}")
    return text


def _wanted(asked: argparse.Namespace) -> Wanted:
    from bench.command_line.upload_desk import Wanted  # noqa: PLC0415 - where it is done
    from bench.custody.phases import Phase  # noqa: PLC0415 - as above
    from bench.enrolment.exports.making import WhichImei  # noqa: PLC0415 - as above

    return Wanted(
        form=asked.format,
        listed=asked.listed,
        columns=dict(asked.column),
        profile=asked.profile,
        tacs=tuple(asked.tac),
        phases=tuple(map(Phase, asked.phase)),
        which=WhichImei(asked.imei) if asked.imei else None,
        options=dict(asked.options),
        order=asked.order,
        again=asked.again,
        anyway=asked.anyway,
    )


def _desk(asked: argparse.Namespace, program: Program) -> UploadDesk:
    from bench.command_line.uploads import desk_of  # noqa: PLC0415 - where it is done

    return desk_of(asked.record, asked.out, program)


def _formats(_: argparse.Namespace, program: Program) -> int:
    from bench.command_line.uploads import list_formats  # noqa: PLC0415 - where it is done

    return list_formats(program)


def _preview(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.uploads import preview  # noqa: PLC0415 - where it is done

    return preview(_desk(asked, program), _wanted(asked))


def _make(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.uploads import make  # noqa: PLC0415 - where it is done

    return make(_desk(asked, program), _wanted(asked), program)


def _confirm(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.uploads import confirm  # noqa: PLC0415 - where it is done

    return confirm(_desk(asked, program), asked.batch, program)


def _list(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.uploads import list_batches  # noqa: PLC0415 - where it is done

    return list_batches(_desk(asked, program))


def _where(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.uploads import where  # noqa: PLC0415 - where it is done

    return where(_desk(asked, program), asked.handset)
