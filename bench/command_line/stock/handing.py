"""Holders on the command line, by pseudonym; nobody's name is known to the book.

Each returns an exit code: 0 done, 1 there is nothing of that name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.stock.opening import read_book
from bench.identity.plain import plain
from bench.identity.scans import read_scan
from bench.stock.handing import queries
from bench.stock.handing.queries import Holder, Spell
from bench.stock.handing.restating import PERSON
from bench.stock.packing.queries import boxes
from bench.stock.returns.queries import Aside, in_quarantine

if TYPE_CHECKING:
    import sqlite3

DONE, NOTHING = 0, 1


def show_holders(record: Path, *, as_json: bool) -> int:
    """Tell who has handsets and how many."""
    with read_book(record) as book:
        found = list(queries.holders(book))
    return _tell("holders", map(asdict, found), map(_holder, found), as_json=as_json)


def show_held(record: Path, whom: str, *, ever: bool, as_json: bool) -> int:
    """Tell what a person has (`ever`: or had), or who had a handset."""
    with read_book(record) as book:
        found = _spells(book, whom, ever=ever)
    _tell("spells", map(_said, found), map(_spell, found), as_json=as_json)
    return DONE if found else NOTHING


def show_aside(record: Path, *, as_json: bool) -> int:
    """Tell what is in quarantine, and what was reported lost or stolen."""
    with read_book(record) as book:
        found = in_quarantine(book, -1)
    rows = ({**asdict(each), "imei": _tail(each.imei)} for each in found)
    return _tell("quarantine", rows, map(_aside, found), as_json=as_json)


def _spells(book: sqlite3.Connection, whom: str, *, ever: bool) -> tuple[Spell, ...]:
    handsets = boxes(book, read_scan(whom).meaning)
    if handsets:
        return tuple(spell for box in handsets for spell in queries.spells(book, box.uid))
    holder = whom.strip().removeprefix(PERSON)
    return queries.ever_held_by(book, holder) if ever else queries.held_by(book, holder)


def _tell(
    name: str, rows: Iterable[Mapping[str, object]], lines: Iterable[str], *, as_json: bool
) -> int:
    if as_json:
        sys.stdout.write(json.dumps({name: list(rows)}) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in [*lines] or ["nothing"])
    return DONE


def _holder(holder: Holder) -> str:
    return f"{plain(holder.holder)}: {holder.handsets}, since {_day(holder.since)}"


def _spell(spell: Spell) -> str:
    until = _day(spell.until) if spell.until else "now"
    who, model = plain(spell.holder), plain(spell.model)
    return f"{spell.name} {model}: {who}, {_day(spell.since)} to {until}"


def _said(spell: Spell) -> dict[str, object]:
    return {**asdict(spell), "imei": _tail(spell.imei)}


def _aside(aside: Aside) -> str:
    return f"{aside.name} {plain(aside.model)}: {plain(aside.problem)}, since {_day(aside.at)}"


def _tail(imei: str) -> str:
    return f"…{imei[-4:]}"


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}"
