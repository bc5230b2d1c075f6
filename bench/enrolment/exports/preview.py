"""A plan in words, for whoever decides whether it is made: numbers masked, nothing left unsaid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bench.enrolment.exports.checking import LeftOut
from bench.enrolment.exports.making import known
from bench.enrolment.exports.planning import Plan

_FIRST_ROWS, _ENDS = 5, 4
_SECRETIVE = ("imei", "imei2", "serial", "uid")


def preview(plan: Plan, *, most: int = 0) -> str:
    """Return the lines that say what would be made; at most so many left out by name, 0 for all."""
    return "\n".join(_lines(plan, most or len(plan.left_out)))


def _lines(plan: Plan, most: int) -> Iterator[str]:
    form = plan.form
    yield f"{form.name} ({form.service}), from {plan.source.words}"
    yield from (f"  {remark}" for remark in plan.source.remarks)
    yield from (f"! {warning}" for warning in plan.warnings)
    yield from (f"!! {objection[:1].upper()}{objection[1:]}." for objection in plan.objections)
    yield _counts(plan)
    for file in plan.files:
        yield f"  {file.name}: {counted(len(file.rows), 'row')}, {len(file.data)} bytes"
    yield from _first_rows(plan)
    yield from _listed(plan.left_out, most)
    yield from _sent_before(plan, most)


def _counts(plan: Plan) -> str:
    checked = plan.checked
    return (
        f"{counted(len(checked.taken), 'handset')} in {counted(len(plan.files), 'file')}; "
        f"{len(checked.already)} in a file already, {len(plan.left_out)} left out, "
        f"{len(plan.gone)} of earlier files gone"
    )


def counted(number: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _first_rows(plan: Plan) -> Iterator[str]:
    if not plan.checked.taken:
        return
    yield "first rows, numbers masked:"
    if plan.form.header:
        yield "  " + ",".join(column.title for column in plan.form.columns)
    for handset in plan.checked.taken[:_FIRST_ROWS]:
        values = known(handset, plan.rules.which, plan.rules.options)
        masked = values | {name: _masked(values[name]) for name in _SECRETIVE}
        yield "  " + ",".join(column.filled(masked) for column in plan.form.columns)


def _masked(text: str) -> str:
    return f"…{text[-_ENDS:]}" if text else ""


def _listed(left_out: Sequence[LeftOut], most: int) -> Iterator[str]:
    if not left_out:
        return
    yield "left out:"
    yield from _some((_why(each) for each in left_out), len(left_out), most)


def _why(each: LeftOut) -> str:
    return f"  {': '.join(filter(None, (each.handset.where, each.handset.masked)))}: {each.reason}"


def _sent_before(plan: Plan, most: int) -> Iterator[str]:
    already, gone = plan.checked.already, plan.gone
    if already:
        yield "in a file already:"
        lines = (f"  {each.masked}: {at.file}, row {at.row}" for each, at in already)
        yield from _some(lines, len(already), min(most, _FIRST_ROWS) or _FIRST_ROWS)
    if gone:
        yield "in an earlier file, and not here any more:"
        lines = (f"  {_masked((*at.imeis, at.serial)[0])}: {at.file}, row {at.row}" for at in gone)
        yield from _some(lines, len(gone), min(most, _FIRST_ROWS) or _FIRST_ROWS)


def _some(lines: Iterable[str], count: int, most: int) -> Iterator[str]:
    yield from islice(lines, most)
    if count > most:
        yield f"  … and {count - most} more"
