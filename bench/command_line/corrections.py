"""Corrections on the command line: two persons put an event right, or take it back.

Each returns an exit code: 0 done, 1 refused (said on standard error).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bench.command_line.decisions import said, two_at
from bench.command_line.people_desk import PeopleDesk
from bench.custody.corrections import conflicts, deciding
from bench.custody.corrections.deciding import Outcome, Restated
from bench.custody.corrections.kinds import Why
from bench.custody.corrections.target import Target
from bench.custody.entries import Entry
from bench.custody.ledger import Ledger
from bench.custody.phases import Phase
from bench.events.orders import CustodyKind
from bench.identity.identifiers import AssetTag, IdentifierError, Imei
from bench.problems import Problem, ProblemCode, ProblemError

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why, in a word of the list, and what else there is to say; that can be erased."""

    why: Why
    note: str = ""


class Restating(Protocol):
    """What is said of a handset in words: its phase, label, run's outcome, and who has it."""

    phase: str | None
    label: str | None
    unlabelled: bool
    outcome: str | None
    to: str | None


def target_of(text: str) -> Target:
    """Read which event is meant: a number, an id, or a leaf hash in hex."""
    return int(text) if text.isascii() and text.isdigit() else text.strip().lower()


def restated(asked: Restating) -> Restated:
    """Read how a handset is said to be; `ProblemError` for a phase or a tag that is none."""
    try:
        return Restated(
            phase=Phase(asked.phase) if asked.phase else None,
            asset_tag=AssetTag.parse(asked.label) if asked.label else None,
            untagged=asked.unlabelled,
            outcome=Outcome(asked.outcome) if asked.outcome else None,
            to=asked.to,
        )
    except ValueError as error:
        problem = Problem(ProblemCode.NOT_CORRECTABLE, detail=str(error))
        raise ProblemError(problem) from error


def correct(
    ledger: Ledger, desk: PeopleDesk, target: Target, restated: Restated, reasons: Reasons
) -> int:
    """Say how the handset of an event really is."""
    return _decided(
        ledger,
        desk,
        lambda connection: (
            deciding.correct(connection, target, restated, why=reasons.why, note=reasons.note),
        ),
    )


def swap_tags(
    ledger: Ledger, desk: PeopleDesk, one: Target, other: Target, reasons: Reasons
) -> int:
    """Say that the handsets of two events carry each other's label."""
    return _decided(
        ledger,
        desk,
        lambda connection: deciding.swap_tags(
            connection, one, other, why=reasons.why, note=reasons.note
        ),
    )


def undo(ledger: Ledger, desk: PeopleDesk, target: Target, reasons: Reasons) -> int:
    """Take an event back: what stood before it stands again."""
    return _decided(
        ledger,
        desk,
        lambda connection: (deciding.undo(connection, target, why=reasons.why, note=reasons.note),),
    )


def resolve(ledger: Ledger, desk: PeopleDesk, imei: str, keeper: str, reasons: Reasons) -> int:
    """Say which of two benches has a handset; a name that is no bench's resolves nothing."""
    own = ledger.header.bench
    ours = "this bench" if keeper == own else f"not this bench, {own}"
    sys.stdout.write(f"{keeper}: {ours}\n")

    def decide(connection: sqlite3.Connection) -> tuple[Entry, ...]:
        try:
            entry = conflicts.resolve(
                connection, Imei.parse(imei), keeper, why=reasons.why, note=reasons.note
            )
        except IdentifierError as error:
            raise ProblemError(Problem(ProblemCode.NOT_CORRECTABLE, detail=error.reason)) from error
        return (entry,)

    return _decided(ledger, desk, decide, CustodyKind.CONFLICT_RESOLVED)


def _decided(
    ledger: Ledger,
    desk: PeopleDesk,
    decide: Callable[[sqlite3.Connection], tuple[Entry, ...]],
    kind: CustodyKind = CustodyKind.CORRECTED,
) -> int:
    """Decide first, so that nobody signs in for what is refused, and write it for the two."""

    def work() -> str:
        with desk.reading() as connection:
            entries = decide(connection)
        for entry in entries:
            sys.stdout.write(f"{_in_words(entry)}\n")
        simulated = ledger.header.simulated
        first, second = two_at(desk, kind, simulated=simulated)
        written = ledger.append(entries, by=first, second=second)
        return f"recorded as event {', '.join(str(each.seq) for each in written)}"

    return said(work)


def _in_words(entry: Entry) -> str:
    """Say what a correction changes: as the record will, which is ASCII and one line."""
    if entry.kind is CustodyKind.CONFLICT_RESOLVED:
        return f"handset {entry.data['imei']}: {entry.data['keeper']} has it ({entry.reason})"
    word = "taken back" if "undo" in entry.data else "corrected"
    imei = entry.device.imeis[0].digits if entry.device and entry.device.imeis else "no IMEI"
    changes = json.dumps(entry.data["set"])
    return f"event {entry.data['seq']} {word}, handset {imei}: {changes} ({entry.reason})"
