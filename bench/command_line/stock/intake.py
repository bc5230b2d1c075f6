"""`stock import` and what belongs to it: files are shown as they are understood, taken, settled.

Each returns an exit code: 0 done, 1 a person has to look at something, 2 nothing was taken because
something is missing. What cannot be done at all is a `ProblemError`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.decisions import TRAINEES
from bench.command_line.people_desk import acting
from bench.command_line.stock.opening import open_stock, read_book
from bench.custody.body import utc
from bench.custody.entries import Actor
from bench.custody.ledger import Ledger
from bench.events.orders import CustodyKind
from bench.identity.plain import plain
from bench.inventory.releases.taking.delivered import delivered
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.book.book import Book
from bench.stock.intake import queries, settling
from bench.stock.intake.kinds import FIELDS, FileKind, field_of
from bench.stock.intake.layout import Layout
from bench.stock.intake.looking import Look, look, named_after
from bench.stock.intake.reading.table import Row, unusable
from bench.stock.intake.taking import Source, Taken, Watch, take, take_rows
from bench.stock.intake.tasks import words
from bench.stock.sims import rehoming

if TYPE_CHECKING:
    from bench.command_line.program import Program

DONE, LOOK_AT, LEFT = 0, 1, 2
_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which file, and what is said of it: its kind, fields by heading, fields the same for all."""

    record: Path
    file: Path
    kind: FileKind | None = None
    columns: Sequence[tuple[str, str]] = ()
    given: Sequence[tuple[str, str]] = ()
    sheet: str = ""
    refused: Path | None = None
    yes: bool = False
    as_json: bool = False


@dataclass(slots=True)
class _Progress:
    """Says how far it is, where somebody watches."""

    watched: bool
    last: float = field(default=0.0)

    def __call__(self, share: float) -> None:
        if self.watched and share - self.last >= _EVERY:
            self.last = share
            sys.stderr.write(f"\r{share:4.0%}")
            sys.stderr.flush()


# ── a file ──────────────────────────────────────────────────────────────────────────────────────
def take_in(wanted: Wanted, program: Program) -> int:
    """Show a file as it is understood; with `yes`, take it."""
    with open_stock(program, wanted.record) as (ledger, book):
        found = _understood(book, wanted)
        if not wanted.as_json:
            _show(found)
        if found.layout.missing or not wanted.yes:
            return _left(found, wanted)
        by = _by(ledger, program)
        taken = _take(book, found, wanted, by)
        _record(ledger, book, by)
    _tell(taken, as_json=wanted.as_json)
    return LOOK_AT if taken.refused or taken.stored.disagreements else DONE


def take_delivered(record: Path, program: Program) -> int:
    """Take the orders that the centre sent down; none of them twice."""
    with delivered(record) as sent:
        orders, name = sent.orders(), f"release {sent.number}"
    names = ("number", "model", "quantity", "supplier")
    rows = [
        Row(at, (plain(each.number), plain(each.model), str(each.count), plain(each.supplier)))
        for at, each in enumerate(orders, start=1)
    ]
    if not rows:
        raise unusable(name, "the centre sent no orders down")
    digest = hashlib.sha256(json.dumps([row.cells for row in rows]).encode()).hexdigest()
    layout = Layout(FileKind.ORDER, names, {each: at for at, each in enumerate(names)})
    with open_stock(program, record) as (ledger, book):
        by = _by(ledger, program)
        source = Source(name, digest, utc(datetime.now(UTC)), by.id)
        with book.writer() as connection:
            taken = take_rows(connection, layout, source, rows, _refusals(record))
        _record(ledger, book, by)
    _tell(taken, as_json=False)
    return LOOK_AT if taken.refused or taken.stored.disagreements else DONE


def _understood(book: Book, wanted: Wanted) -> Look:
    found = look(book.connection, wanted.file, wanted.sheet)
    if wanted.sheet and found.sheet != wanted.sheet:
        raise unusable(found.name, f"its sheets are {', '.join(found.sheets) or 'none'}")
    if wanted.kind and wanted.kind is not found.kind:
        found = found.as_kind(wanted.kind)
    layout = found.layout
    for name, heading in wanted.columns:
        layout = layout.with_column(_field(found, name), _place(found, heading))
    for name, text in wanted.given:
        layout = layout.with_column(_field(found, name), None).with_given(name, plain(text))
    return named_after(found if layout is found.layout else found.laid_out(layout))


def _field(found: Look, name: str) -> str:
    if field_of(found.kind, name) is None:
        known = ", ".join(each.name for each in FIELDS[found.kind])
        raise unusable(found.name, f"{name!r} is none of its fields: {known}")
    return name


def _place(found: Look, heading: str) -> int:
    labels = found.layout.labels
    if plain(heading) not in labels:
        raise unusable(found.name, f"no column is called {heading!r}: {', '.join(labels)}")
    return labels.index(plain(heading))


def _show(found: Look) -> None:
    _say(words.what_it_is(found))
    for line in words.of_layout(found):
        _say("  ".join(part for part in line.cells if part))
    if remarks := words.remarks(found):
        _say(remarks)


def _left(found: Look, wanted: Wanted) -> int:
    missing = [each.name for each in found.layout.missing]
    if wanted.as_json:
        said = {"file": found.name, "kind": found.kind.value, "columns": dict(found.layout.named()),
                "given": dict(found.layout.given), "missing": missing, "taken": False}  # fmt: skip
        _say(json.dumps(said))
    elif missing:
        _say(f"Nothing was taken. Say with --map or --all: {', '.join(missing)}")
    else:
        _say("Nothing was taken. If it is understood rightly: --yes")
    return LEFT if missing else DONE


def _take(book: Book, found: Look, wanted: Wanted, by: Actor) -> Taken:
    watch = Watch(_Progress(watched=sys.stderr.isatty() and not wanted.as_json))
    folder = wanted.refused or _refusals(wanted.record)
    with book.writer() as connection:
        at = utc(datetime.now(UTC))
        return take(connection, found, Source(found.name, found.seen.sha256, at, by.id), folder,
                    watch)  # fmt: skip


def _tell(taken: Taken, *, as_json: bool) -> None:
    if as_json:
        its = asdict(taken.stored) | {
            "file": taken.source.name, "kind": taken.kind.value, "refused": taken.refused,
            "import": taken.number, "taken": True,
            "refusals": str(taken.refusals) if taken.refusals else None,
        }  # fmt: skip
        _say(json.dumps(its))
        return
    _say(words.became(taken))
    for each in taken.first:
        _say(f"  row {each.row.number}: {each.reason}")
    if taken.refusals:
        _say(f"Mend {taken.refusals} and import it.")


def _refusals(record: Path) -> Path:
    return record.with_name(f"{record.name}.refused")


# ── what was taken ──────────────────────────────────────────────────────────────────────────────
def show_imports(record: Path, *, as_json: bool) -> int:
    """Say which files were taken, the newest first."""
    with read_book(record) as connection:
        found = queries.imports(connection)
    if as_json:
        _say(json.dumps([asdict(each) for each in found]))
        return DONE
    for each in found:
        event = f"event {each.seq}" if each.seq else "not recorded yet"
        _say(f"{each.number}  {each.at}  {each.kind}  {each.name}: {each.taken:,} taken, "
             f"{each.refused:,} refused, {event}")  # fmt: skip
    if not found:
        _say("No file was taken yet.")
    return DONE


def show_disagreements(record: Path, *, as_json: bool, settled: bool) -> int:
    """Say what files disagree about; exit code 1 while any of it is open."""
    ask = queries.all_disagreements if settled else queries.open_disagreements
    with read_book(record) as connection:
        found, open_ = ask(connection), queries.count_open(connection)
    if as_json:
        _say(json.dumps([_as_object(each) for each in found]))
    for each in () if as_json else found:
        ours, theirs = each.shown
        _say(f"{each.kind} {each.thing} {each.field}: {ours or 'nothing'}, "
             f"but {each.file} (import {each.number}) says {theirs}"
             + (f"; settled: {each.settled}" if each.settled else ""))  # fmt: skip
    if not (found or as_json):
        _say("No files disagree.")
    return LOOK_AT if open_ else DONE


def settle(record: Path, number: int, which: settling.Which, program: Program) -> int:
    """Settle all that the file of an import says otherwise."""
    with open_stock(program, record) as (ledger, book):
        open_ = queries.open_disagreements(book.connection, 1_000_000)
        found = [each for each in open_ if each.number == number]
        if not found:
            detail = f"import {number} has nothing open"
            raise ProblemError(Problem(ProblemCode.NOT_POSSIBLE_NOW, detail=detail))
        by = _by(ledger, program)
        with book.writer() as connection:
            settling.settle(connection, found, which, utc(datetime.now(UTC)), by.id)
        _record(ledger, book, by)
    _say(f"{len(found):,} settled: {which}")
    return DONE


def _as_object(found: queries.Disagreement) -> dict[str, object]:
    ours, theirs = found.shown
    return {"kind": found.kind, "thing": found.thing, "field": found.field,
            "import": found.number, "file": found.file, "ours": ours, "theirs": theirs,
            "settled": found.settled}  # fmt: skip


# ── the record ──────────────────────────────────────────────────────────────────────────────────
def _by(ledger: Ledger, program: Program) -> Actor:
    """Have whoever does it sign in; in training nobody has to."""
    if ledger.header.simulated:
        return TRAINEES[0]
    by = acting(program.desk(ledger), CustodyKind.IMPORTED)
    assert by is not None, "only the first enrolment of all needs nobody"
    return by


def _record(ledger: Ledger, book: Book, by: Actor) -> None:
    """Record what was taken, this time or before a power cut."""
    owed = (*queries.unrecorded(book.connection), *rehoming.entries(book.connection))
    ledger.append(owed, by=by)
    book.catch_up(ledger.events)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
