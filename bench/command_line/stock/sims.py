"""SIMs on the command line: how many stand how, what became of one, another contract for many.

Each returns an exit code: 0 done, 1 there is nothing of that name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.decisions import TRAINEES
from bench.command_line.people_desk import acting
from bench.command_line.stock.opening import open_stock, read_book
from bench.custody.entries import Actor
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind
from bench.identity.identifiers import Iccid, IdentifierError
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.intake.queries import unrecorded
from bench.stock.sims import queries, rehoming
from bench.stock.sims.queries import Holding, Home, Move, Sim

if TYPE_CHECKING:
    import sqlite3

    from bench.command_line.program import Program

DONE, NOTHING = 0, 1


def show_all(record: Path, *, as_json: bool) -> int:
    """Tell how many SIMs of each contract stand how."""
    with read_book(record) as book:
        found = queries.holdings(book)
    if as_json:
        _say(json.dumps({"sims": [_said(each) for each in found]}))
    else:
        for each in found:
            home = f"{each.supplier}, {each.contract}" if each.contract else "in no file"
            states = ", ".join(f"{count} {state}" for state, count in sorted(each.states.items()))
            _say(plain(f"{home}: {each.bought} ({states})"))
    return DONE


def show_one(record: Path, iccid: str, *, whole_number: bool, as_json: bool) -> int:
    """Tell a SIM: where it is, under which contracts it was, what became of it.

    Of its telephone number the last digits are told, unless the whole is asked for.
    """
    with read_book(record) as book:
        sim = queries.sim(book, _read(iccid).digits)
        homes, moves = queries.homes(book, sim.iccid), queries.history(book, sim.iccid)
        handsets = {each.uid: _called(book, each.uid) for each in moves} | {
            sim.uid: _called(book, sim.uid)
        }
        number = queries.msisdn(book, sim.iccid)
    if not sim.is_listed and not moves:
        sys.stderr.write("staging-bench: neither a file nor the record names this SIM\n")
        return NOTHING
    shown = number if whole_number else _masked(number)
    if as_json:
        its = {"number": shown, "handset": handsets[sim.uid], "contracts": list(map(asdict, homes))}
        _say(json.dumps(asdict(sim) | its | {"history": list(map(asdict, moves))}))
    else:
        for line in _told(sim, homes, moves, handsets, shown):
            _say(plain(line, 400))
    return DONE


def put_under(record: Path, supplier: str, before: str, contract: str, program: Program) -> int:
    """Put the SIMs of a contract under another, and record it; what was cut off is made good."""
    if plain(contract) != contract or not contract.strip() or contract == before:
        detail = "name another contract, in plain signs"
        raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, detail=detail))
    with open_stock(program, record) as (ledger, book):
        by = _by(ledger, program)
        at = datetime.now(UTC).isoformat()
        with book.writer() as connection:
            count = rehoming.rehome(connection, supplier, before, contract, at, by.id)
        told = (*unrecorded(book.connection), *rehoming.entries(book.connection))
        if told:
            ledger.append(told, by=by)
            book.catch_up(ledger.events)
    _say(f"{count} SIMs are under {contract}" if count else "no SIM is under that contract")
    return DONE if count else NOTHING


def _by(ledger: Ledger, program: Program) -> Actor:
    """Have whoever does it sign in; in training nobody has to."""
    if ledger.header.simulated:
        return TRAINEES[0]
    by = acting(program.desk(ledger), CustodyKind.SIMS_REHOMED)
    assert by is not None, "only the first enrolment of all needs nobody"
    return by


def _read(text: str) -> Iccid:
    try:
        return Iccid.parse(text)
    except IdentifierError as error:
        problem = Problem(ProblemCode.SIM_UNKNOWN, detail=error.reason)
        raise ProblemError(problem) from error


def _said(each: Holding) -> dict[str, object]:
    states = {state.value: count for state, count in each.states.items()}
    home = {"supplier": each.supplier, "contract": each.contract}
    return {**home, "bought": each.bought, **states}


def _told(
    sim: Sim,
    homes: tuple[Home, ...],
    moves: tuple[Move, ...],
    handsets: dict[str, str],
    number: str,
) -> Iterator[str]:
    where = f" in {handsets[sim.uid]}" if sim.uid else ""
    yield f"SIM {sim.iccid}: {sim.state}{where}"
    yield f"{sim.supplier}, {sim.contract}" if sim.is_listed else "no file names it"
    if sim.eid:
        yield f"eUICC {sim.eid}"
    if number:
        yield f"telephone number {number}"
    for home in homes:
        yield f"{home.since[:10] or 'from the first'}: under {home.contract}"
    for move in moves:
        what = f"{move.state} ({move.why})" if move.why else move.state
        of = f", {handsets[move.uid]}" if move.uid else ""
        yield f"{_day(move.at)}: {what}{of}, event {move.seq}"


def _called(book: sqlite3.Connection, uid: str) -> str:
    row = book.execute("SELECT asset_tag, imei FROM handset WHERE uid = ?", (uid,)).fetchone()
    if row is None:
        return ""
    return row[0] or f"handset …{row[1][-4:]}"


def _masked(number: str) -> str:
    return f"…{number[-3:]}" if number else ""


def _day(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(" ", "minutes")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
