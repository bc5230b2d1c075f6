"""`central add-bench` and what else comes to a store, is replaced, or leaves it."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.errands.central.words import in_database, with_authority
from bench.command_line.errands.words import Commands, does

if TYPE_CHECKING:
    from bench.command_line.central.adding import Place
    from bench.command_line.program import Program

_MOST_DAYS = 3650
_MOST_EPOCHS = 2**31 - 1


def add(commands: Commands) -> None:
    """Add the commands of this room."""
    _add_bench(commands)
    _add_rotate(commands)
    _add_others(commands)
    retire = _named(commands, "retire", "take nothing more from a bench; what it sent stays")
    does(retire, _retire)
    epoch = _named(commands, "open-epoch", "take a bench's next epoch; a supervisor decides it")
    epoch.add_argument("--epoch", type=_epoch, required=True, metavar="N", help="its number")
    does(epoch, _open_epoch)
    token = _named(commands, "add-token", "show a new token for a bench without certificate")
    _good_for(token)
    does(token, _add_token)


def _add_bench(commands: Commands) -> None:
    bench = _named(commands, "add-bench", "let a bench in: its certificate, key and settings")
    bench.add_argument("--organisation", default="", help="whose it is (default: the store's name)")
    _with_files(bench, on_bench=True)
    does(bench, _do_add_bench)


def _add_rotate(commands: Commands) -> None:
    rotate = _named(commands, "rotate", "give a bench another certificate")
    until = rotate.add_mutually_exclusive_group()
    until.add_argument("--at-once", action="store_true", help="take the old one no more")
    until.add_argument(
        "--overlap", type=_days, default=14, metavar="DAYS", help="take the old one so long (14)"
    )
    _with_files(rotate, on_bench=True)
    does(rotate, _rotate)


def _add_others(commands: Commands) -> None:
    reader = _named(commands, "add-reader", "let an auditor read one more organisation's events")
    reader.add_argument("--organisation", required=True, help="whose events")
    _with_files(reader)
    does(reader, _add_reader)
    for word, what in (("door", "the HTTPS door"), ("service", "what works at the centre")):
        other = _named(commands, f"add-{word}", f"let {what} sign in")
        _with_files(other)
        does(other, _add_door if word == "door" else _add_service)


def _named(commands: Commands, word: str, what: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(word, help=what)
    parser.add_argument("name", metavar="NAME", help="as it signs in")
    in_database(parser)
    return parser


def _with_files(parser: argparse.ArgumentParser, *, on_bench: bool = False) -> None:
    with_authority(parser)
    _good_for(parser)
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="FOLDER", help="where its files go (here)"
    )
    if on_bench:
        parser.add_argument(
            "--on-bench", type=Path, metavar="FOLDER", help="where the bench will have them (--out)"
        )


def _good_for(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=_days, default=365, metavar="N", help="good for so long")


# ── what is done ────────────────────────────────────────────────────────────────────────────────
def _do_add_bench(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import adding  # noqa: PLC0415 - where it is done

    return adding.add_bench(_place(asked), asked.name, asked.organisation, asked.days)


def _rotate(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import adding  # noqa: PLC0415 - where it is done

    overlap = timedelta(days=0 if asked.at_once else asked.overlap)
    return adding.rotate(_place(asked), asked.name, asked.days, overlap)


def _retire(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import adding  # noqa: PLC0415 - where it is done

    return adding.retire(_place(asked), asked.name)


def _open_epoch(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import adding  # noqa: PLC0415 - where it is done

    return adding.open_epoch(_place(asked), asked.name, asked.epoch)


def _add_token(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import adding  # noqa: PLC0415 - where it is done

    return adding.add_token(_place(asked), asked.name, asked.days)


def _add_reader(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import adding  # noqa: PLC0415 - where it is done

    return adding.add_reader(_place(asked), asked.name, asked.organisation, asked.days)


def _add_door(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import adding  # noqa: PLC0415 - where it is done
    from bench.inventory.central.roles import Group  # noqa: PLC0415 - as above

    return adding.add_sign_in(_place(asked), asked.name, Group.DOOR, asked.days)


def _add_service(asked: argparse.Namespace, _: Program) -> int:
    from bench.command_line.central import adding  # noqa: PLC0415 - where it is done
    from bench.inventory.central.roles import Group  # noqa: PLC0415 - as above

    return adding.add_sign_in(_place(asked), asked.name, Group.SERVICE, asked.days)


def _place(asked: argparse.Namespace) -> Place:
    from bench.command_line.central.adding import Place  # noqa: PLC0415 - where it is done

    return Place(
        asked.database,
        getattr(asked, "authority", None),
        getattr(asked, "out", Path()),
        getattr(asked, "on_bench", None),
    )


def _days(text: str) -> int:
    return _number(text, _MOST_DAYS)


def _epoch(text: str) -> int:
    return _number(text, _MOST_EPOCHS)


def _number(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)):
        raise argparse.ArgumentTypeError(f"give a number from 1 to {most}, not {text!r}")
    if not 1 <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {most}, not {text!r}")
    return int(text)
