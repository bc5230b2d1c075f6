"""`ledger …`: for auditors, and for whoever keeps the record."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands import keeping
from bench.command_line.errands.words import Commands, does, existing, rooms

if TYPE_CHECKING:
    from bench.command_line.program import Program


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    ledger = rooms(commands.add_parser("ledger", help="the custody record"))
    _add_verify(ledger)
    _add_show(ledger)
    _add_export(ledger)
    diff = ledger.add_parser("diff", help="say where a record parts from another file")
    diff.add_argument("file", type=existing, metavar="FILE")
    diff.add_argument("other", type=existing, metavar="OTHER", help="record, checkpoint or bundle")
    does(diff, _diff)
    keeping.add_to(ledger)


def _add_verify(ledger: Commands) -> None:
    verify = ledger.add_parser("verify", help="check every event; exit code 0 or 1")
    verify.add_argument("file", type=existing, metavar="FILE")
    verify.add_argument(
        "--thorough",
        action="store_true",
        help="every signature by itself, whatever checkpoints say",
    )
    verify.add_argument(
        "--checkpoint", type=existing, metavar="NOTE", help="a signed head that it must contain"
    )
    verify.add_argument(
        "--policy", type=existing, metavar="FILE", help="whose signatures under the head count"
    )
    does(verify, _verify)


def _add_show(ledger: Commands) -> None:
    show = ledger.add_parser("show", help="tell one handset's history")
    show.add_argument("file", type=existing, metavar="FILE")
    show.add_argument(
        "handset", metavar="HANDSET", help="its IMEI, or the record's own name for it"
    )
    does(show, _show)


def _add_export(ledger: Commands) -> None:
    export = ledger.add_parser("export", help="hand out one handset's history with its proof")
    export.add_argument("file", type=existing, metavar="FILE")
    export.add_argument(
        "handset", metavar="HANDSET", help="its IMEI, or the record's own name for it"
    )
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="the bundle (JSON)")
    export.add_argument("--pdf", type=Path, metavar="FILE", help="a signed statement around it")
    export.add_argument(
        "--seal", type=existing, metavar="FILE", help="certificate and key that sign it (PKCS 12)"
    )
    export.add_argument(
        "--policy", type=existing, metavar="FILE", help="use checkpoints that it believes"
    )
    export.add_argument(
        "--as-it-is", action="store_true",
        help="write nothing to the record; the handset's last event must be its export",
    )  # fmt: skip
    does(export, _export)


def _verify(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.verdict import verify_ledger  # noqa: PLC0415 - where it is done

    return verify_ledger(
        asked.file, thorough=asked.thorough, checkpoint=asked.checkpoint, policy=asked.policy
    )


def _show(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.audit import show  # noqa: PLC0415 - where it is done
    from bench.command_line.forms import form_of  # noqa: PLC0415 - as above

    return show(asked.file, asked.handset, connect=form_of(asked.file).opener.read)


def _diff(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.audit import compare  # noqa: PLC0415 - where it is done
    from bench.command_line.forms import form_for_other, form_of  # noqa: PLC0415 - as above

    form = form_of(asked.file)
    other = form_for_other(asked.other, form)
    return compare(asked.file, asked.other, connect=form.opener.read, second=other.opener.read)


def _export(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.export import Export, export  # noqa: PLC0415 - where it is done

    wanted = Export(
        record=asked.file,
        handset=asked.handset,
        out=asked.out,
        pdf=asked.pdf,
        seal=asked.seal,
        policy=asked.policy,
        as_it_is=asked.as_it_is,
    )
    return export(wanted, program)
