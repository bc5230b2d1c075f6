"""What the commands of the stock share: which record they are about, and how they answer."""

from __future__ import annotations

import argparse

from bench.command_line.errands.words import existing


def of_record(parser: argparse.ArgumentParser) -> None:
    """Let a command be about a record: `asked.record`."""
    parser.add_argument("record", type=existing, metavar="RECORD", help="the record")


def as_json(parser: argparse.ArgumentParser) -> None:
    """Let a command answer a program: `asked.json`."""
    parser.add_argument("--json", action="store_true", help="as one JSON object")
