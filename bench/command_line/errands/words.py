"""What the rooms of commands share: the types of their arguments, and what comes of parsing."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from bench.command_line.program import Program

Commands: TypeAlias = "argparse._SubParsersAction[Any]"  # noqa: SLF001 - it has no other name
Work: TypeAlias = "Callable[[argparse.Namespace, Program], int]"


@dataclass(frozen=True)
class Errand:
    """Do something that needs no bench; the work returns the exit code, or a `ProblemError`."""

    work: Callable[[Program], int]


def does(parser: argparse.ArgumentParser, work: Work) -> None:
    """Let `work` be done with what is asked for."""
    parser.set_defaults(make=lambda asked: Errand(lambda program: work(asked, program)))


def existing(text: str) -> Path:
    """Take the name of a file that is there."""
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text!r}")
    return Path(text)


def rooms(parser: argparse.ArgumentParser) -> Commands:
    """Let commands follow, one of which must be given."""
    return parser.add_subparsers(dest="errand", metavar="COMMAND", required=True)
