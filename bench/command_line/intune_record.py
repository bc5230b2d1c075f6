"""`intune reconcile` and `intune identities`: many handsets at once, the record's or a file's.

Exit codes as in `intune`.
"""

from __future__ import annotations

import asyncio
import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from bench.command_line.intune import DIFFERENT, WELL, Reach, at_service, say
from bench.command_line.people_desk import reading
from bench.custody import queries
from bench.custody.phases import Phase
from bench.enrolment.exports.cells import cell
from bench.enrolment.intune.comparison import Comparison
from bench.enrolment.intune.identities import (
    CHUNK,
    Identity,
    Listed,
    list_identities,
    read_identities,
)
from bench.enrolment.intune.permissions import Permission
from bench.enrolment.intune.reconcile import Gaps, compare, table
from bench.enrolment.intune.verdicts import AS_IT_SHOULD, Expected, Verdict
from bench.identity.plain import plain

if TYPE_CHECKING:
    from bench.custody.database import Connect
    from bench.custody.entries import DeviceRecord
    from bench.enrolment.intune.intune import Intune

_GONE = frozenset({
    Phase.RETURNED, Phase.QUARANTINED, Phase.WIPED, Phase.DEAD_ON_ARRIVAL, Phase.DISPOSED,
})  # fmt: skip
"""Handsets that need not be under management any more."""
_SHOWN = 20


def reconcile(reach: Reach, record: Path, out: Path, connect: Connect) -> int:
    """Compare the record with all that the service has seen, into a CSV file, and count."""

    async def work(intune: Intune) -> int:
        with Comparison() as comparison:
            here = _of_record(record, connect)
            gaps = await compare(intune.graph, here, _progress, comparison)
            await asyncio.to_thread(_write, out, table(comparison.findings()))
            return _counted(comparison.counts, gaps)

    return at_service(reach, work)


def identities(reach: Reach, file: Path, chunk: int = CHUNK) -> int:
    """List corporate identifiers at the service, and say what became of those that were not."""

    async def work(intune: Intune) -> int:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            read = list(read_identities(lines))
        found: list[tuple[Identity, Listed]] = []
        try:
            async for row in list_identities(intune.graph, read, chunk):
                found.append(row)  # noqa: PERF401 - what was done before trouble is told
        finally:
            _tell_listed(found, len(read))
        return WELL if all(each is Listed.YES for _, each in found) else DIFFERENT

    return at_service(reach, work, (Permission.LIST_IDENTITIES,))


# ── how it is said ──────────────────────────────────────────────────────────────────────────────
def _progress(read: int, total: int) -> None:
    if sys.stderr.isatty():
        of = f" of {total}" if total else ""
        sys.stderr.write(f"\r{read}{of} devices read")
        sys.stderr.flush()


def _counted(counts: Counter[Verdict], gaps: Gaps) -> int:
    lines = [f"{counts[verdict]:>7}  {verdict}" for verdict in Verdict]
    if gaps.left_out:
        lines.append(f"{gaps.left_out:>7}  not given by the service: run it again")
    if gaps.unreadable:
        lines.append(f"{gaps.unreadable:>7}  given by the service in a form that cannot be read")
    if sys.stderr.isatty():
        sys.stderr.write("\r")
    say("\n".join(lines))
    different = any(counts[verdict] for verdict in Verdict if verdict not in AS_IT_SHOULD)
    return DIFFERENT if different or gaps != Gaps() else WELL


def _tell_listed(found: Sequence[tuple[Identity, Listed]], asked: int) -> None:
    told = Counter(each for _, each in found)
    lines = [f"{told[each]:>7}  {each}" for each in Listed] + [f"{asked - len(found):>7}  not sent"]
    odd = [(identity, each) for identity, each in found if each is not Listed.YES]
    lines += [f"{plain(identity.value)}: {each}" for identity, each in odd[:_SHOWN]]
    say("\n".join(lines))


# ── the record, the file ────────────────────────────────────────────────────────────────────────
def _of_record(record: Path, connect: Connect) -> Iterator[Expected]:
    """Yield the record's handsets by uid; it is read on whatever thread asks for the first.

    Both sides come in the same order, so that no more than one of each is held.
    """
    with reading(record, connect) as connection:
        carried = queries.carried(connection)
        staged = next(carried, None)
        for device in queries.devices(connection):
            if staged is None or staged.device.uid != device.uid:
                yield _expected(device, "", staged=False)
                continue
            profile = f"{staged.name} v{staged.version}{staged.variant}".strip()
            yield _expected(staged.device, profile)
            staged = next(carried, None)


def _expected(device: DeviceRecord, profile: str, *, staged: bool = True) -> Expected:
    due = staged and device.phase not in _GONE
    return Expected(device.uid, str(device.serial), device.imeis, profile, due)


def _write(out: Path, rows: Iterable[Sequence[str]]) -> None:
    with _whole(out) as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerows([cell(each) for each in row] for row in rows)


@contextmanager
def _whole(out: Path) -> Iterator[IO[str]]:
    """Write a file beside its place, for its owner only, and put it there once it is whole."""
    draft = out.with_name(f".{out.name}.part")
    draft.unlink(missing_ok=True)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
