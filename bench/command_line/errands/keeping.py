"""`ledger …` for whoever keeps the record: heads, backups, corrections, epochs.

A bench that works does the first two by itself; these are for a record that no bench is using.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bench.command_line.errands.words import Commands, does, existing

if TYPE_CHECKING:
    from bench.command_line.corrections import Reasons, Restating
    from bench.command_line.people_desk import PeopleDesk
    from bench.command_line.program import Program
    from bench.custody.entries import LedgerHeader
    from bench.custody.ledger import Ledger

WHY = (
    "wrong_handset", "wrong_label", "misread", "not_done", "twice", "elsewhere", "other",
)  # fmt: skip
WHY_EPOCH = ("damaged", "frozen", "restored", "reimaged", "key_lost")


def add_to(ledger: Commands) -> None:
    """Add these commands to those of the record."""
    head = _with_file(ledger, "checkpoint", "sign the head of the record", _checkpoint)
    head.add_argument("--docket", type=Path, metavar="FILE", help="its docket, .pdf or .png")
    _with_file(ledger, "cosign", "bring its head to the witnesses of the settings", _cosign)
    stamps = _with_file(ledger, "stamps", "check the time stamps in it", _stamps)
    stamps.add_argument("--roots", type=existing, required=True, metavar="FILE", help="PEM")
    back = _with_file(ledger, "backup", "make a backup and prove that it restores", _backup)
    back.add_argument("folder", type=Path, metavar="FOLDER", help="on another disk")
    restore = _with_file(ledger, "restore", "bring a backup back, for a new epoch", _restore)
    restore.add_argument("target", type=Path, metavar="TARGET", help="where nothing lies yet")
    _with_file(ledger, "encrypt", "encrypt a record and the epochs before it", _encrypt)
    _with_file(ledger, "decrypt", "make an encrypted record plain again", _decrypt)
    _add_corrections(ledger)
    _with_file(ledger, "epochs", "verify a record and the epochs before it", _epochs)
    fresh = _with_file(ledger, "new-epoch", "set a record aside and go on in the next", _new_epoch)
    fresh.add_argument("--why", choices=WHY_EPOCH, help="what is found, unless it is said")
    fresh.add_argument("--restored", type=existing, metavar="FILE", help="a backup brought back")
    fresh.add_argument(
        "--lost", type=int, default=0, metavar="N", help="events known to be missing"
    )
    fresh.add_argument("--note", default="", help="more about it; it can be erased")
    fresh.add_argument("--bench", help="whose record it is, where the file cannot say so any more")
    fresh.add_argument("--organisation", help="and who answers for it")


def _add_corrections(ledger: Commands) -> None:
    correct = _with_file(ledger, "correct", "say how the handset of an event really is", _correct)
    undo = _with_file(ledger, "undo", "take an event back", _undo)
    swap = _with_file(ledger, "swap-labels", "two handsets carry each other's label", _swap)
    resolve = _with_file(ledger, "resolve", "say which bench has a handset of two", _resolve)
    resolve.add_argument("imei", metavar="IMEI", help="the number that two benches have")
    resolve.add_argument("--keeper", required=True, metavar="BENCH", help="who really has it")
    for parser in (correct, undo, swap):
        parser.add_argument("event", metavar="EVENT", help="its number, id or leaf hash")
    for parser in (correct, undo, swap, resolve):
        parser.add_argument("--why", choices=WHY, required=True)
        parser.add_argument("--note", default="", help="more about it; it can be erased")
    swap.add_argument("other", metavar="OTHER", help="an event of the other handset")
    correct.add_argument("--phase", help="where it stands in its life, such as in-stock")
    correct.add_argument("--label", metavar="TAG", help="the asset tag that it carries")
    correct.add_argument("--unlabelled", action="store_true", help="it carries none")
    correct.add_argument("--outcome", choices=("staged", "voided"), help="how its run ended")
    correct.add_argument("--to", metavar="WHERE", help="who or what place has it")


def _with_file(
    ledger: Commands, name: str, words: str, work: Callable[[argparse.Namespace, Program], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = ledger.add_parser(name, help=words)
    parser.add_argument("file", type=existing, metavar="FILE")
    does(parser, work)
    return parser


# ── heads and backups ───────────────────────────────────────────────────────────────────────────
def _checkpoint(asked: argparse.Namespace, program: Program) -> int:
    from bench.clock import SystemClock  # noqa: PLC0415 - where it is done
    from bench.command_line.ledger_upkeep import checkpoint  # noqa: PLC0415 - as above

    return checkpoint(
        lambda: program.open_record(asked.file),
        SystemClock(),
        fonts=program.fonts,
        docket=asked.docket,
    )


def _backup(asked: argparse.Namespace, _: Program) -> int:
    from bench.clock import SystemClock  # noqa: PLC0415 - where it is done
    from bench.command_line.custody_standing import backups_of  # noqa: PLC0415 - as above
    from bench.command_line.forms import form_of  # noqa: PLC0415 - as above
    from bench.command_line.ledger_upkeep import backup_now  # noqa: PLC0415 - as above
    from bench.command_line.program import header_of  # noqa: PLC0415 - as above
    from bench.upkeep.plan import BackupPlan  # noqa: PLC0415 - as above

    plan = BackupPlan(asked.folder)
    form = form_of(asked.file)
    header = header_of(asked.file, form)
    return backup_now(backups_of(asked.file, header, SystemClock(), plan, form.form))


def _cosign(asked: argparse.Namespace, program: Program) -> int:
    from bench.clock import SystemClock  # noqa: PLC0415 - where it is done
    from bench.command_line.ledger_upkeep import cosign_now  # noqa: PLC0415 - as above
    from bench.settings import Settings  # noqa: PLC0415 - as above
    from bench.upkeep.set_up import plan_of  # noqa: PLC0415 - as above

    settings = Settings.load(asked.settings or Settings.default_path())
    sites = plan_of(settings.custody, program.fonts).witnesses
    return cosign_now(lambda: program.open_record(asked.file), sites, SystemClock())


def _stamps(asked: argparse.Namespace, _: Program) -> int:
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - where it is done

    from bench.command_line.forms import form_of  # noqa: PLC0415 - as above
    from bench.command_line.ledger_upkeep import show_time_stamps  # noqa: PLC0415 - as above
    from bench.problems import Problem, ProblemCode, ProblemError  # noqa: PLC0415 - as above

    try:
        roots = load_pem_x509_certificates(asked.roots.read_bytes())
    except ValueError as error:
        raise ProblemError(
            Problem(ProblemCode.TIMESTAMP_FAILED, asked.roots.name, "no certificates in it")
        ) from error
    return show_time_stamps(asked.file, roots, connect=form_of(asked.file).opener.read)


def _restore(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.forms import form_to_restore  # noqa: PLC0415 - where it is done
    from bench.command_line.ledger_upkeep import restore  # noqa: PLC0415 - as above

    form = form_to_restore(asked.file, asked.target)
    return restore(asked.file, asked.target, form=form.form)


def _encrypt(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.encryption import encrypt  # noqa: PLC0415 - where it is done

    return encrypt(asked.file)


def _decrypt(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.encryption import decrypt  # noqa: PLC0415 - where it is done

    return decrypt(asked.file)


# ── corrections ─────────────────────────────────────────────────────────────────────────────────
def _correct(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line import corrections  # noqa: PLC0415 - where it is done

    def work(ledger: Ledger, desk: PeopleDesk, reasons: Reasons) -> int:
        target = corrections.target_of(asked.event)
        return corrections.correct(
            ledger, desk, target, corrections.restated(_said(asked)), reasons
        )

    return _decided(asked, program, work)


def _undo(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line import corrections  # noqa: PLC0415 - where it is done

    def work(ledger: Ledger, desk: PeopleDesk, reasons: Reasons) -> int:
        return corrections.undo(ledger, desk, corrections.target_of(asked.event), reasons)

    return _decided(asked, program, work)


def _swap(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line import corrections  # noqa: PLC0415 - where it is done

    def work(ledger: Ledger, desk: PeopleDesk, reasons: Reasons) -> int:
        one, other = map(corrections.target_of, (asked.event, asked.other))
        return corrections.swap_tags(ledger, desk, one, other, reasons)

    return _decided(asked, program, work)


def _resolve(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line import corrections  # noqa: PLC0415 - where it is done

    def work(ledger: Ledger, desk: PeopleDesk, reasons: Reasons) -> int:
        return corrections.resolve(ledger, desk, asked.imei, asked.keeper, reasons)

    return _decided(asked, program, work)


def _said(asked: argparse.Namespace) -> Restating:
    return cast("Restating", asked)


def _decided(
    asked: argparse.Namespace,
    program: Program,
    work: Callable[[Ledger, PeopleDesk, Reasons], int],
) -> int:
    from bench.command_line.corrections import Reasons  # noqa: PLC0415 - where it is done
    from bench.custody.corrections.kinds import Why  # noqa: PLC0415 - as above

    with closing(program.open_record(asked.file)) as ledger:
        reasons = Reasons(Why[asked.why.upper()], asked.note)
        return work(ledger, program.desk(ledger), reasons)


# ── epochs ──────────────────────────────────────────────────────────────────────────────────────
def _epochs(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.epochs import verify  # noqa: PLC0415 - where it is done
    from bench.command_line.forms import form_of_epochs  # noqa: PLC0415 - as above

    return verify(asked.file, form_of_epochs(asked.file))


def _header(asked: argparse.Namespace) -> LedgerHeader | None:
    from bench.custody.entries import LedgerHeader  # noqa: PLC0415 - where it is done

    if asked.bench is None:
        return None
    named = LedgerHeader(asked.bench, simulated=False)
    return replace(named, organisation=asked.organisation) if asked.organisation else named


def _new_epoch(asked: argparse.Namespace, program: Program) -> int:
    from bench.command_line.epochs import NewEpoch, new_epoch  # noqa: PLC0415 - where it is done
    from bench.custody.epochs.beginning import Why  # noqa: PLC0415 - as above

    wanted = NewEpoch(
        record=asked.file,
        why=Why[asked.why.upper()] if asked.why else None,
        restored=asked.restored,
        note=asked.note,
        lost=asked.lost,
        header=_header(asked),
    )
    return new_epoch(wanted, program.epoch_desk(asked.file, asked.restored))
