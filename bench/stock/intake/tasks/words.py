"""How a file that was looked at, or taken, is said. Pure."""

from __future__ import annotations

from bench.events.desks import Line, Weight
from bench.stock.intake.kinds import FIELDS, KINDS, Field
from bench.stock.intake.looking import Look
from bench.stock.intake.reading.table import Row
from bench.stock.intake.taking import Taken

COLUMNS = ("Field", "Column", "First row", "Second row", "Third row")
_SAMPLES, _TAIL, _CELL = 3, 3, 40


def of_layout(found: Look) -> tuple[Line, ...]:
    """Return a line for each field of a file's kind: its column, and what stands there first."""
    return tuple(_line(found, each) for each in FIELDS[found.kind])


def _line(found: Look, its: Field) -> Line:
    place = found.layout.columns.get(its.name)
    given = found.layout.given.get(its.name, "")
    if place is None and given:
        return Line((its.title, "the same for all", given, "", ""), Weight.GOOD)
    if place is None:
        weight = Weight.BAD if its.needed else Weight.PLAIN
        return Line((its.title, "not in the file", "", "", ""), weight)
    samples = [_sample(its, row, place) for row in found.rows[:_SAMPLES]]
    samples += [""] * (_SAMPLES - len(samples))
    return Line((its.title, found.layout.labels[place], *samples), Weight.GOOD)


def _sample(its: Field, row: Row, place: int) -> str:
    cell = row.cells[place] if place < len(row.cells) else ""
    if its.private:
        return f"…{cell[-_TAIL:]}" if cell else ""
    return cell if len(cell) <= _CELL else f"{cell[: _CELL - 1]}…"


def what_it_is(found: Look) -> str:
    """Say what a file is taken for, and how its first rows fare."""
    bad = found.refused()
    fares = f"{len(bad)} of its first {len(found.rows)} rows would be refused" if bad else ""
    how = "known by its headings from before" if found.remembered else ""
    aside = "; ".join(part for part in (how, fares) if part)
    return f"{found.name}: {KINDS[found.kind]}" + (f" ({aside})" if aside else "")


def remarks(found: Look) -> str:
    """Say what a person has to know of a file beyond its columns."""
    said = []
    if found.sheets:
        said.append(f"Sheet {found.sheet} of {len(found.sheets)}.")
    hidden = [
        found.layout.labels[at] for at in sorted(found.hidden) if at < len(found.layout.labels)
    ]
    if hidden:
        said.append(f"Hidden in the sheet, so not guessed: {', '.join(hidden)}.")
    if bad := found.refused()[:1]:
        said.append(f"Row {bad[0].row.number}: {bad[0].reason}.")
    return " ".join(said)


def became(taken: Taken) -> str:
    """Say what became of a file."""
    its = taken.stored
    said = [f"{taken.source.name}: {its.new:,} new"]
    if its.known:
        said.append(f"{its.known:,} known already")
    if its.filled:
        said.append(f"{_counted(its.filled, 'field')} completed")
    if its.disagreements:
        said.append(_counted(its.disagreements, "disagreement"))
    if taken.refused:
        said.append(f"{taken.refused:,} refused")
    return ", ".join(said)


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"
