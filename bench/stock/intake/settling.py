"""Settling what files disagree about: a person says which of two sayings stands.

A settlement is an import of its own, so that it has its number, its digest and its event: what the
book says now can be told from what any file said.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from enum import StrEnum
from typing import TYPE_CHECKING

from bench.custody.database import transaction
from bench.stock.intake.queries import Disagreement
from bench.stock.intake.shelves import SHELVES, key_of

if TYPE_CHECKING:
    import sqlite3

SETTLEMENT = "settlement"
_BEGIN = """INSERT INTO import (kind, name, sha256, taken, refused, at, actor)
  VALUES (?, ?, ?, ?, 0, ?, ?)"""
_SETTLE = """UPDATE disagreement SET settled = ?
  WHERE kind = ? AND key = ? AND field = ? AND import = ? AND settled = ''"""
_CONTRACT = """INSERT OR REPLACE INTO sim_contract (iccid, since, supplier, contract, import)
  SELECT iccid, ?, supplier, contract, ? FROM sim WHERE iccid = ?"""


class Which(StrEnum):
    """Which saying stands: what the book said before, or what the later file says."""

    OURS = "ours"
    THEIRS = "theirs"


def settle(
    connection: sqlite3.Connection,
    found: Sequence[Disagreement],
    which: Which,
    at: str,
    actor: str = "",
) -> int:
    """Settle disagreements alike, all or none; return the number of the import that says so.

    What somebody settled meanwhile stays as it is. `settled` holds the choice and that number.
    """
    told = json.dumps([which, at, sorted(map(astuple, found))])
    digest = hashlib.sha256(told.encode()).hexdigest()
    with transaction(connection):
        its = (SETTLEMENT, _named(found, which), digest, len(found), at, actor)
        number = connection.execute(_BEGIN, its).lastrowid
        assert number is not None, "a row was just put in"
        for each in found:
            key = (each.kind, each.key, each.field, each.number)
            is_open = connection.execute(_SETTLE, (f"{which} {number}", *key)).rowcount
            if is_open and which is Which.THEIRS:
                _take_theirs(connection, each, at, number)
    return number


def _take_theirs(connection: sqlite3.Connection, found: Disagreement, at: str, number: int) -> None:
    shelf = SHELVES[found.kind]
    key = key_of(shelf, found.key)
    connection.execute(shelf.update(found.field), (found.theirs, *key))
    if shelf.table == "sim" and found.field in ("supplier", "contract"):
        connection.execute(_CONTRACT, (at, number, *key))


def _named(found: Sequence[Disagreement], which: Which) -> str:
    """Say what was settled: things and fields, and never what either said of them."""
    if len(found) == 1:
        return f"{found[0].kind} {found[0].thing} {found[0].field}: {which}"[:80]
    return f"{len(found)} disagreements: {which}"
