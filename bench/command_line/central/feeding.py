"""`central feed` and `central connectors`: inventories are shown, begun, fed and compared.

Each returns an exit code: 0 all is well, 1 a person has to look at something, 3 the inventory could
not be fed all that waits. What cannot be done at all is a `ProblemError`. No secret is ever shown.
"""

from __future__ import annotations

import csv
import getpass
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bench.identity.cells import neutral
from bench.inventory.central.connecting import administrator
from bench.inventory.connectors import filed
from bench.inventory.connectors.feeding import Fed, feed_once
from bench.inventory.connectors.opening import opened, snipe_it
from bench.inventory.connectors.outbox import Outbox
from bench.inventory.connectors.pace import Budget
from bench.inventory.connectors.preview import HEADER, preview
from bench.inventory.connectors.reconciling import Finding, Kind, counted, reconcile
from bench.inventory.connectors.secret import kept_beside
from bench.inventory.connectors.standing import standings
from bench.inventory.serving.chores import Chore

if TYPE_CHECKING:
    from bench.inventory.connectors.outbox import Connect
    from bench.inventory.connectors.port import Connector
    from bench.ports import Secrets

WELL, LOOK, LEFT = 0, 1, 3
_MOST_SHOWN = 40
_EVERY, _A_WHILE, _OVERDUE = 60.0, 600.0, 1200.0
"""Seconds between two feedings by the service, for one, and until one counts as stuck."""
_FIELDS = ("kind", "device", "asset_tag", "serial", "key", "field", "there", "wanted")


@dataclass(frozen=True, slots=True)
class Feeding:
    """Which store, which file of connectors, which of them; `minutes` it may take."""

    database: str = field(repr=False)
    connectors: Path
    name: str = ""
    minutes: int = 60


# ── one connector ───────────────────────────────────────────────────────────────────────────────
def feed(asked: Feeding) -> int:
    """Feed what is due, and say how it went."""
    fed = feed_once(_connect(asked), _heard(_connector(asked)), Budget(asked.minutes * 60.0))
    _say(told(asked.name, fed))
    if fed.left:
        return LEFT
    return LOOK if fed.failed or fed.refused else WELL


def show(asked: Feeding, out: Path | None) -> int:
    """Show what would be done; all of it into a file (CSV), the first of it without."""
    with _rows(out) as write:
        write(HEADER)
        seen = preview(_connect(asked), _heard(_connector(asked)), write, asked.minutes * 60.0)
    _say(f"{asked.name}: {seen}")
    _say(f"Preview {seen.digest.hex()[:16]}; nothing was written. To say yes to it:")
    _say(f"  central feed {asked.name} --begin")
    return WELL


def begin(asked: Feeding) -> int:
    """Keep that whoever this is said yes to the last preview."""
    connector = _connector(asked)
    with administrator(asked.database) as connection:
        digest = Outbox(connection, connector.about).begin(_who())
    _say(f"{asked.name} is fed from now on, as preview {digest.hex()[:16]} showed")
    return WELL


def compare(asked: Feeding, out: Path) -> int:
    """Write how the inventory and the record differ into a file: JSON where it is called so."""
    counts: Counter[Kind] = Counter()
    with out.open("w", encoding="utf-8", newline="") as file:
        write = _as_json if out.suffix == ".json" else _as_csv
        found = reconcile(_connect(asked), _heard(_connector(asked)), asked.minutes * 60.0)
        write(file, _counting(found, counts))
    _say(f"{asked.name}: {counted(counts)}")
    return LOOK if counts else WELL


def set_up(asked: Feeding) -> int:
    """Make in a Snipe-IT what feeding it takes."""
    import asyncio  # noqa: PLC0415 - where it is done

    from bench.inventory.connectors.snipe_it.setting_up import (  # noqa: PLC0415 - as above
        set_up as make,
    )

    settings = filed.read(asked.connectors).snipe_it
    if asked.name != "snipe-it" or settings is None:
        raise filed.unusable("only a section [snipe-it] can be set up")
    made = snipe_it(settings, _secrets(asked))
    _heard(made)
    made.pace.until = made.pace.clock() + asked.minutes * 60.0
    asyncio.run(make(made.rows, settings, _say))
    return WELL


# ── all of them ─────────────────────────────────────────────────────────────────────────────────
def states(asked: Feeding, *, as_json: bool) -> int:
    """Say how each connector stands; exit code 1 where one has failed or is not fed."""
    with administrator(asked.database) as connection:
        found = standings(connection)
    if as_json:
        _say(json.dumps([asdict(each) for each in found], default=str))
    else:
        _say("\n".join(str(each) for each in found) or "no connector was ever looked at")
    return LOOK if any(each.wants_looking for each in found) else WELL


def told(name: str, fed: Fed) -> str:
    """Say in a line what a feeding did."""
    counts = f"{fed.done:,} done, {fed.failed:,} failed, {fed.refused:,} to look at"
    return f"{name}: {counts}" + (f"; {fed.left}" if fed.left else "")


def chores(database: str, connectors: Path) -> list[Chore]:
    """Return the feeding of each connector of a file, for the service at the centre."""
    names = filed.read(connectors).names
    return [_chore(Feeding(database, connectors, name)) for name in names]


def _chore(asked: Feeding) -> Chore:
    def work() -> str:
        fed = feed_once(_connect(asked), _connector(asked), Budget(_A_WHILE))
        return told(asked.name, fed) if fed != Fed() else ""

    return Chore(f"feed {asked.name}", _EVERY, work, deadline=_OVERDUE)


# ── how it is done ──────────────────────────────────────────────────────────────────────────────
def _connect(asked: Feeding) -> Connect:
    return lambda: administrator(asked.database)


def _connector(asked: Feeding) -> Connector:
    return opened(filed.read(asked.connectors), asked.name, _secrets(asked))


def _heard(connector: Connector) -> Connector:
    """Have a person hear of it where an inventory is waited for."""
    connector.pace.say = _say_aside
    return connector


def _secrets(asked: Feeding) -> Secrets:
    handed_in = os.environ.get("CREDENTIALS_DIRECTORY")
    return kept_beside(asked.connectors, Path(handed_in) if handed_in else None)


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


@contextmanager
def _rows(out: Path | None) -> Iterator[Callable[[Sequence[str]], None]]:
    if out is None:
        yield _first_of(_MOST_SHOWN)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        yield lambda row: writer.writerow([neutral(cell) for cell in row])


def _first_of(most: int) -> Callable[[Sequence[str]], None]:
    shown = 0

    def write(row: Sequence[str]) -> None:
        nonlocal shown
        shown += 1
        if shown <= most:
            _say("  ".join(row))
        elif shown == most + 1:
            _say("… and more: --out FILE writes all")

    return write


def _counting(findings: Iterator[Finding], counts: Counter[Kind]) -> Iterator[tuple[str, ...]]:
    for each in findings:
        counts[each.kind] += 1
        yield tuple(str(getattr(each, name)) for name in _FIELDS)


def _as_csv(file: TextIO, rows: Iterator[tuple[str, ...]]) -> None:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_FIELDS)
    writer.writerows([neutral(cell) for cell in row] for row in rows)


def _as_json(file: TextIO, rows: Iterator[tuple[str, ...]]) -> None:
    """Write one list, a line each, so that it need not be in memory."""
    before = "[\n"
    for row in rows:
        file.write(before + json.dumps(dict(zip(_FIELDS, row, strict=True)), ensure_ascii=False))
        before = ",\n"
    file.write("[]\n" if before == "[\n" else "\n]\n")


def _say_aside(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
