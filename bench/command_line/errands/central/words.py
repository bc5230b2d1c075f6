"""What the commands of the central store share: which database, and where its authority lies."""

from __future__ import annotations

import argparse
from pathlib import Path

DATABASE = "dbname=custody"
"""The database on this computer, over its socket; libpq's environment says the rest."""


def in_database(parser: argparse.ArgumentParser) -> None:
    """Let `--database` say which store; `asked.database` is libpq's words and may hold a secret."""
    parser.add_argument(
        "--database", default=DATABASE, metavar="DSN",
        help=f"the store, as its administrator connects (default: {DATABASE})",
    )  # fmt: skip


def with_authority(parser: argparse.ArgumentParser) -> None:
    """Let `--authority` say where who signs certificates is kept; `asked.authority` or None."""
    parser.add_argument(
        "--authority", type=Path, metavar="FOLDER",
        help="where the key is kept that signs certificates (default: with the program's data)",
    )  # fmt: skip
