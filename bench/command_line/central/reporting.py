"""What the centre knows, on standard output or in a file: its benches, its books, one handset."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from enum import Enum, auto
from pathlib import Path

from bench.identity.identifiers import IdentifierError, Imei
from bench.inventory.central.connecting import administrator
from bench.inventory.projections import taking
from bench.inventory.reports import writing
from bench.inventory.reports.benches import standing
from bench.inventory.reports.history import Sim, Told, sims
from bench.inventory.reports.history import history as read_history
from bench.inventory.reports.reading import Books, Cell, Report
from bench.inventory.reports.reading import report as read_report
from bench.problems import Problem, ProblemCode, ProblemError


class Form(Enum):
    """How a report is written."""

    MARKDOWN = auto()
    JSON = auto()
    CSV = auto()


def project(database: str, *, anew: bool, as_json: bool) -> int:
    """Take in all that waits; return the exit code. `ProblemError` where the store is no use."""

    def told(taken: int) -> None:
        if not as_json:
            sys.stderr.write(f"{taken} events\n")

    with administrator(database) as connection:
        taken = (taking.project_anew if anew else taking.project_all)(connection, told)
        waiting = taking.waiting(connection)
    if as_json:
        said = {"taken": taken, "behind": waiting.behind, "unread": waiting.unread}
        sys.stdout.write(json.dumps(said) + "\n")
    else:
        unread = f", {waiting.unread} cannot be read: central report" if waiting.unread else ""
        sys.stdout.write(f"{taken} events taken in{unread}\n")
    return 0


def report(database: str, form: Form, out: Path | None) -> int:
    """Write the report; return 0, or 1 where the books do not agree.

    Into `out`, which is whole or as it was, or on standard output. `ProblemError`.
    """
    with administrator(database) as connection:
        centre = standing(connection)
        with read_report(connection) as sections:
            books = Books(sections)
            title = f"{centre.store}: report of {writing.shown(centre.now)}"
            head: dict[str, Cell] = {
                "store": centre.store, "simulated": centre.simulated, "form": centre.form,
                "now": centre.now,
            }  # fmt: skip
            if centre.simulated:
                title += " (training, nothing in it is real)"
            _put(out, _pieces(form, title, head, iter(books)))
    if books.disagree:
        sys.stderr.write(f"The books do not agree: {'; '.join(books.disagree)}\n")
    return int(bool(books.disagree))


def history(database: str, number: str, *, as_json: bool) -> int:
    """Tell one handset's events; return 0, or 1 where there are none or the chain has a hole."""
    try:
        imei = Imei.parse(number)
    except IdentifierError as error:
        raise ProblemError(
            Problem(ProblemCode.HANDSET_UNKNOWN, "IMEI", detail=error.reason)
        ) from error
    with administrator(database) as connection:
        events, its_sims = read_history(connection, imei), sims(connection, imei)
    if as_json:
        said = {
            "imei": imei.digits,
            "events": [_as_object(each) for each in events],
            "sims": [_plainly(asdict(each)) for each in its_sims],
        }
        sys.stdout.write(json.dumps(said) + "\n")
    else:
        sys.stdout.writelines(_in_words(imei, events))
        sys.stdout.writelines(map(_sim, its_sims))
    return int(not events or not all(each.chained for each in events))


def _pieces(form: Form, title: str, head: dict[str, Cell], report: Report) -> Iterator[str]:
    match form:
        case Form.MARKDOWN:
            return writing.markdown(title, report)
        case Form.JSON:
            return writing.as_json(head, report)
        case Form.CSV:
            return writing.as_csv(report)


def _put(out: Path | None, pieces: Iterator[str]) -> None:
    if out is None:
        sys.stdout.writelines(pieces)
        return
    draft = out.with_name(f".{out.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("x", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(out)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProblemError(
            Problem(ProblemCode.CENTRE_REPORT_UNWRITTEN, out.name, reason)
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _as_object(event: Told) -> dict[str, Cell]:
    said = asdict(event) | {"chained": event.chained}
    said["from"] = said.pop("from_")
    return _plainly(said)


def _plainly(said: dict[str, Cell]) -> dict[str, Cell]:
    return {
        name: writing.shown(value) if isinstance(value, datetime) else value
        for name, value in said.items()
    }


def _in_words(imei: Imei, events: tuple[Told, ...]) -> Iterator[str]:
    if not events:
        yield f"No event of {imei.digits} is stored.\n"
        return
    yield f"{imei.digits}: {len(events)} events\n"
    for each in events:
        moved = " → ".join(map(writing.shown, filter(None, (each.from_, each.to))))
        other = f" (IMEI {each.imei})" if each.imei not in ("", imei.digits) else ""
        yield (
            f"{writing.shown(each.at) or 'no readable time':24}  received "
            f"{writing.shown(each.received_at)}  {each.bench} e{each.epoch} #{each.seq}  "
            f"{writing.shown(each.type)}  {writing.shown(each.phase)}  {moved}{other}"
        ).rstrip() + f"  {_proof(each)}\n"


def _sim(sim: Sim) -> str:
    named = (("EID", sim.eid), ("MSISDN", sim.msisdn), ("of", sim.supplier))
    said = "".join(f", {word} {writing.shown(value)}" for word, value in named if value)
    return f"SIM {sim.iccid}{said}: {sim.bench}, {writing.shown(sim.at)}\n"


def _proof(event: Told) -> str:
    if event.chained:
        return "chained"
    missing = {
        "ITS TEXT DOES NOT FIT ITS HASH": event.intact,
        "THE EVENT BEFORE IT IS MISSING OR ANOTHER": event.follows,
        "THE EVENT AFTER IT IS MISSING OR ANOTHER": event.followed,
    }
    return ", ".join(word for word, holds in missing.items() if not holds)
