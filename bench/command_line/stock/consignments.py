"""Consignments on the command line: which there are, what a manifest says, what to look at again.

Each reads the book as it lies there and returns an exit code: 0 done, 1 refused.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.command_line.forms import form_of
from bench.command_line.program import header_of
from bench.command_line.stock.opening import read_book
from bench.custody import durable
from bench.custody.statement.words import moment
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError
from bench.stock.consignments import queries
from bench.stock.consignments.manifest import Manifest
from bench.stock.consignments.queries import Consignment, Signature, State
from bench.stock.consignments.writing import found, paper
from bench.stock.packing.fitness import days_ago, recheck_before
from bench.stock.packing.queries import due

if TYPE_CHECKING:
    import sqlite3

_MOST = 100_000


def show_all(record: Path, state: State | None, *, as_json: bool) -> int:
    """Tell each consignment in a line, the last first."""
    with read_book(record) as book:
        told = [
            each for so_far in State if state in (None, so_far)
            for each in queries.in_state(book, so_far, _MOST)
        ]  # fmt: skip
    if as_json:
        sys.stdout.write(json.dumps({"consignments": [asdict(each) for each in told]}) + "\n")
    else:
        sys.stdout.writelines(f"{_in_words(each)}\n" for each in told)
    return 0


def show_manifest(record: Path, docket: str, version: int | None, *, as_json: bool) -> int:
    """Tell a manifest, the last where no version is named."""
    simulated = header_of(record).simulated
    with read_book(record) as book:
        manifest = _manifest(book, docket, version, simulated=simulated)
        signed = queries.signatures(book, manifest.docket, manifest.version)
    if as_json:
        lines = [asdict(line) | {"imei": line.masked} for line in manifest.lines]
        said = {
            "docket": manifest.docket, "version": manifest.version, "seal": manifest.seal,
            "destination": manifest.destination, "sha256": manifest.digest, "lines": lines,
            "signed": [{"side": s.side, "place": s.place, "at": _at(s.at)} for s in signed],
        }  # fmt: skip
        sys.stdout.write(json.dumps(said) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _told(manifest))
        sys.stdout.writelines(f"{_signed(each)}\n" for each in signed)
    return 0


def write_manifest(record: Path, docket: str, version: int | None, out: Path, fonts: Path) -> int:
    """Write a manifest as `out` ends, .csv or .pdf; `ProblemError` where a file lies there."""
    form, simulated = form_of(record), header_of(record).simulated
    with read_book(record) as book, closing(form.opener.read(record)) as texts:
        manifest = _manifest(book, docket, version, simulated=simulated)
        signed = queries.signatures(book, manifest.docket, manifest.version)
        content = (
            manifest.table(simulated=simulated)
            if out.suffix.lower() == ".csv"
            else paper(manifest, texts, signed, simulated=simulated, fonts=fonts)
        )
    if not durable.create(out, content):
        detail = "there is a file of that name already"
        raise ProblemError(Problem(ProblemCode.JOB_FAILED, out.name, detail))
    sys.stdout.write(f"{out}: manifest {manifest.version} of {manifest.docket}\n")
    return 0


def show_due(record: Path, *, as_json: bool) -> int:
    """Tell which handsets are still here and were staged longer ago than patches may wait."""
    now = datetime.now(UTC)
    with read_book(record) as book:
        late = due(book, recheck_before(now))
    rows = [
        {"handset": each.name, "model": each.model, "phase": str(each.phase),
         "days": days_ago(each.staged_at, now)} for each in late
    ]  # fmt: skip
    if as_json:
        sys.stdout.write(json.dumps({"due": rows}) + "\n")
    else:
        words = "{handset} ({model}, {phase}): staged {days} days ago\n"
        sys.stdout.writelines(words.format(**row) for row in rows)
    return 0


def _manifest(
    book: sqlite3.Connection, docket: str, version: int | None, *, simulated: bool
) -> Manifest:
    name = docket.strip().upper()
    known = queries.consignment(book, name)
    if known is None:
        raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNKNOWN, docket))
    if not known.version:
        detail = "it has no manifest before it is sealed"
        raise ProblemError(Problem(ProblemCode.CONSIGNMENT_UNFIT, name, detail))
    return found(book, name, version or known.version, simulated=simulated)


def _in_words(each: Consignment) -> str:
    there = f", {each.received} received" if each.state is State.DISPATCHED else ""
    seal = f", seal {each.seal}" if each.seal else ""
    to = plain(each.destination)
    return f"{each.docket} {each.state} {_at(each.at)} to {to}: {each.count} in it{there}{seal}"


def _told(manifest: Manifest) -> Iterable[str]:
    yield f"{manifest.docket}, manifest {manifest.version}, to {plain(manifest.destination)}"
    yield f"seal {manifest.seal}, sealed {_at(manifest.at)}, SHA-256 {manifest.digest}"
    for number, line in enumerate(manifest.lines, 1):
        bag = f", bag {line.bag}" if line.bag else ""
        yield f"{number}. {line.tag} {line.masked} {plain(line.model)}, seal {line.seal}{bag}"


def _signed(each: Signature) -> str:
    where = " at its site" if each.place else ""
    return f"signed{where} ({each.side}): {_at(each.at)}"


def _at(milliseconds: int) -> str:
    return moment(datetime.fromtimestamp(milliseconds / 1000, UTC))
