"""Comparing all that the service has seen with the record, page by page.

Only one page is in memory at a time; `comparison` holds the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bench.enrolment.intune.comparison import Comparison
from bench.enrolment.intune.devices import FIELDS, PATH, handsets_of
from bench.enrolment.intune.fields import Row
from bench.enrolment.intune.graph import Graph
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.verdicts import Expected, Finding
from bench.identity.identifiers import Imei

Told = Callable[[int, int], None]
"""Told how many devices were read, and of how many (0 where the service does not say)."""
PAGE = 500
"""Rows asked for at a time; the service may give fewer (usually up to 1,000)."""
HEAD = (
    "verdict", "handset", "serial", "imei", "imei2", "profile", "service id", "service name",
    "service serial", "service imei", "service profile", "compliance", "enrolled", "last seen",
    "remark",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gaps:
    """How many devices are not in a comparison.

    `left_out` is what the service says there are, less what it gave: without a filter it has been
    seen to leave some out (microsoft-graph-docs issue 21659). `unreadable` is what it gave and
    nobody can read.
    """

    left_out: int = 0
    unreadable: int = 0


async def compare(
    graph: Graph, expected: Iterable[Expected], told: Told, comparison: Comparison
) -> Gaps:
    """Fill a comparison with both sides; return what is missing. `expected` is read on a thread."""
    await asyncio.to_thread(comparison.expect, expected)
    read = total = unreadable = 0
    query = {"$select": FIELDS, "$top": str(PAGE)}
    async for page in graph.pages(PATH, Permission.READ_DEVICES, query):
        unreadable += await asyncio.to_thread(_see, comparison, page.rows)
        read, total = read + len(page.rows), max(total, page.total)
        told(read, total)
    return Gaps(max(0, total - read), unreadable)


def table(findings: Iterable[Finding]) -> Iterator[tuple[str, ...]]:
    """Yield the table that is written, its head first; cells are plain text, not neutralised."""
    yield HEAD
    for each in findings:
        yield (each.verdict.value, *_of_record(each), *_of_service(each), each.remark)


def _see(comparison: Comparison, rows: Sequence[Row]) -> int:
    entries, unreadable = handsets_of(rows)
    comparison.see(entries)
    return unreadable


def _of_record(finding: Finding) -> tuple[str, ...]:
    here = finding.expected
    if here is None:
        return ("",) * 5
    return (here.uid, here.serial, _nth(here.imeis, 0), _nth(here.imeis, 1), here.profile)


def _of_service(finding: Finding) -> tuple[str, ...]:
    there = finding.seen
    if there is None:
        return ("",) * 8
    imei = str(there.imei or "")
    return (
        there.id, there.name, there.serial, imei, there.mode, there.compliance.value,
        _at(there.enrolled_at), _at(there.synced_at),
    )  # fmt: skip


def _nth(imeis: tuple[Imei, ...], number: int) -> str:
    return str(imeis[number]) if number < len(imeis) else ""


def _at(when: datetime | None) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}" if when else ""
