"""What can be asked for on the command line; parsing only.

What is asked for is built and run by `main`, which alone knows both the bench and its hardware.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeAlias

from bench.command_line.errands import (
    central,
    delivered,
    intune,
    ledger,
    packages,
    people,
    profiles,
    secrets,
    stock,
    sync,
    upkeep,
    uploads,
    witness,
)
from bench.command_line.errands.words import Commands, Errand, existing

ERRANDS = (
    ledger.add, people.add, profiles.add, secrets.add, uploads.add, intune.add, packages.add,
    stock.add, sync.add, delivered.add, central.add, witness.add, upkeep.add,
)  # fmt: skip
"""Each adds the commands of its room."""
METHODS = ("qr", "adb", "knox", "staging-token")
"""The ways into management that a demo shows, each at a part of its handsets."""
_MOST_HANDSETS = 400


@dataclass(frozen=True)
class OpenWindow:
    """Open the window on real hardware."""

    settings: Path | None


@dataclass(frozen=True)
class Demo:
    """Stage simulated handsets with a scripted technician."""

    handsets: int
    headless: bool
    seed: int
    faults: tuple[str, ...]
    methods: tuple[str, ...]
    out: Path | None
    alone: bool
    json: bool


@dataclass(frozen=True)
class LookAt:
    """Open the window on a simulated record, with nothing plugged in."""

    record: Path


Command: TypeAlias = OpenWindow | Demo | LookAt | Errand


def parse(words: Sequence[str], known_faults: Sequence[str]) -> Command:
    """Return what is asked for; bad arguments end the program with one line and exit code 2."""
    asked = _parser(known_faults).parse_args(words)
    command: Command = asked.make(asked)
    return command


class _OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _parser(known_faults: Sequence[str]) -> argparse.ArgumentParser:
    parser = _OneLineParser(prog="staging-bench", description="Stage handsets by the thousand.")
    parser.add_argument("--settings", type=existing, metavar="FILE", help="another settings file")
    parser.set_defaults(make=lambda asked: OpenWindow(asked.settings))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_demo(commands, known_faults)
    _add_look(commands)
    for room in ERRANDS:
        room(commands)
    return parser


def _add_demo(commands: Commands, known_faults: Sequence[str]) -> None:
    demo = commands.add_parser("demo", help="stage simulated handsets with a scripted technician")
    demo.add_argument("--handsets", type=_count, default=16, metavar="N", help="1 to 400")
    demo.add_argument("--headless", action="store_true", help="no window")
    demo.add_argument("--seed", type=int, default=1, metavar="S", help="which handsets suffer")
    demo.add_argument(
        "--faults", type=_one_of_each(known_faults), default=(), metavar="KIND,…",
        help=f"what goes wrong: {', '.join(known_faults)}",
    )  # fmt: skip
    demo.add_argument(
        "--methods", type=_one_of_each(METHODS), default=METHODS, metavar="METHOD,…",
        help=f"how handsets come under management: {', '.join(METHODS)}; none with ''",
    )  # fmt: skip
    demo.add_argument(
        "--out", type=_folder, metavar="DIR", help="keep record, labels, pictures here"
    )
    demo.add_argument("--alone", action="store_true", help="no centre at the end")
    demo.add_argument("--json", action="store_true", help="print one JSON object at the end")
    demo.set_defaults(make=_demo)


def _add_look(commands: Commands) -> None:
    look = commands.add_parser("look", help="open the window on a simulated record")
    look.add_argument("record", type=existing, metavar="RECORD", help="a demo's or an example's")
    look.set_defaults(make=lambda asked: LookAt(asked.record))


def _demo(asked: argparse.Namespace) -> Demo:
    return Demo(
        handsets=asked.handsets,
        headless=asked.headless,
        seed=asked.seed,
        faults=asked.faults,
        methods=asked.methods,
        out=asked.out,
        alone=asked.alone,
        json=asked.json,
    )


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_HANDSETS:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {_MOST_HANDSETS}, not {text!r}")
    return int(text)


def _folder(text: str) -> Path:
    if Path(text).exists() and not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is a file, not a folder")
    return Path(text)


def _one_of_each(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    def faults(text: str) -> tuple[str, ...]:
        asked = tuple(part for part in text.split(",") if part)
        for fault in asked:
            if fault not in known:
                raise argparse.ArgumentTypeError(f"{fault!r} is none of {', '.join(known)}")
        return asked

    return faults
