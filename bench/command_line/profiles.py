"""`profile …`: check, tell and compare profiles, and say which handsets carry which.

Each returns an exit code: 0 done and well, 1 not well or not possible, and why is said.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from bench.command_line.decisions import said
from bench.command_line.people_desk import reading
from bench.custody import queries
from bench.custody.database import Connect, connect_reader
from bench.custody.entries import Carried
from bench.enrolment.exports.cells import as_csv
from bench.enrolment.profiles.carrying import rows, tally, to_restage
from bench.enrolment.profiles.comparing import compare
from bench.enrolment.profiles.load import load_profile, read_profile, unusable
from bench.enrolment.profiles.words import told
from bench.enrolment.secrets.store import SecretStore
from bench.identity.plain import plain

_SHOWN = 20
"""Handsets of a queue that are shown; a table holds them all."""
_CELL = 40


# ── files ───────────────────────────────────────────────────────────────────────────────────────
def check_profiles(files: Sequence[Path], store: SecretStore | None = None) -> int:
    """Say every fault of each file, and which of its secrets a bench has not, if one is known."""
    code = 0
    for file in files:
        found = read_profile(file)
        if found.profile is None:
            code = 1
            for fault in found.faults:
                sys.stderr.write(f"staging-bench: {unusable(file.name, fault).problem}\n")
        else:
            profile = found.profile
            name = plain(profile.name)
            sys.stdout.write(f"{file.name}: good: {name}, version {profile.version}\n")
            sys.stdout.writelines(_without(file.name, profile.secrets, store))
    return code


def _without(file: str, named: frozenset[str], store: SecretStore | None) -> Iterator[str]:
    """Yield a note of the secrets that are named and not kept; none is opened."""
    if store is None:
        return
    kept = {each.name for each in store.kept() if each.sealing is not None}
    if missing := sorted(named - kept):
        yield f"{file}: note: not kept on this bench: {', '.join(missing)} (secret set NAME)\n"


def show_profile(file: Path) -> int:
    """Say what a profile does."""
    return said(lambda: "\n".join(told(load_profile(file))))


def compare_profiles(old: Path, new: Path) -> int:
    """Say what changed between two versions; 1 as well where the version's number did not."""
    warnings: list[str] = []

    def work() -> str:
        found = compare(load_profile(old), load_profile(new))
        warnings.extend(filter(None, [found.warning]))
        return "\n".join(found.lines)

    code = said(work)
    for warning in warnings:
        sys.stderr.write(f"staging-bench: {plain(new.name)}: {warning}\n")
    return code or len(warnings)


# ── handsets ────────────────────────────────────────────────────────────────────────────────────
def carried_profiles(
    record: Path, csv: Path | None = None, *, connect: Connect = connect_reader
) -> int:
    """Say how many handsets carry which profile, version and variant; `csv` takes each of them."""

    def work() -> str:
        found = _carried(record, connect)
        lines = _table(
            ("handsets", "profile", "version", "variant", "fingerprint"),
            (
                (
                    str(t.handsets),
                    t.name or "not recorded",
                    str(t.version or ""),
                    t.variant,
                    t.policy,
                )
                for t in tally(found)
            ),
        )
        return "\n".join([*lines, *_written(csv, found)]) if found else "no handset is staged"

    return _or_full(work)


def restage_queue(
    record: Path, file: Path, csv: Path | None = None, *, connect: Connect = connect_reader
) -> int:
    """Say which handsets were staged under other versions of a profile, the oldest first."""

    def work() -> str:
        profile = load_profile(file)
        queue = to_restage(_carried(record, connect), profile)
        if not queue:
            return f"no handset carries another version of {plain(profile.name)}"
        head = f"{len(queue)} to stage again with {plain(profile.name)}, version {profile.version}"
        _, *shown = rows(queue[:_SHOWN])
        columns = ("imei", "asset tag", "phase", "version", "variant", "staged")
        lines = _table(columns, ((r[0], r[3], r[4], r[6], r[7], r[9]) for r in shown))
        rest = len(queue) - len(shown)
        more = [f"… and {rest} more: --csv FILE takes them all"] if rest and not csv else []
        return "\n".join([head, *lines, *more, *_written(csv, queue)])

    return _or_full(work)


def _or_full(work: Callable[[], str]) -> int:
    """Do the work and say its answer, or why its table could not be written."""
    try:
        return said(work)
    except OSError as error:
        sys.stderr.write(f"staging-bench: {plain(str(error))}\n")
        return 1


def _carried(record: Path, connect: Connect) -> tuple[Carried, ...]:
    with reading(record, connect) as connection:
        return tuple(queries.carried(connection))


def _written(csv: Path | None, found: Iterable[Carried]) -> list[str]:
    """Write the table where one is wanted, and say so; raises `OSError`."""
    if csv is None:
        return []
    csv.parent.mkdir(parents=True, exist_ok=True)
    csv.write_bytes(as_csv(rows(found)))
    return [f"Every one of them is in {csv}"]


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> list[str]:
    """Lay out cells in columns; none of them can be more than text on a line."""
    lines = [head, *([plain(cell, _CELL) for cell in row] for row in body)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (map(str.ljust, line, widths) for line in lines)
    return ["  ".join(line).rstrip() for line in padded]
