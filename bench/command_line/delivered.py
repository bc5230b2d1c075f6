"""What the centre sent down to a bench, in words, and its signed proof of receipt as a file."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.custody import durable
from bench.custody.body import utc
from bench.events.orders import Json
from bench.identity.plain import plain
from bench.inventory.releases.parts.orders import Order
from bench.inventory.releases.taking.delivered import Delivered, delivered
from bench.problems import Problem, ProblemCode, ProblemError

_LONGEST = 80


def show(record: Path, *, as_json: bool, receipt: Path | None = None) -> int:
    """Say what was sent down to the bench of a record; return the exit code.

    `receipt` is where the note is written, which says how far the centre had this bench's events:
    whoever has the publisher's verifier key can check it (c2sp.org/signed-note). Raises
    `ProblemError`; RELEASE_UNUSABLE where there is nothing to write.
    """
    with delivered(record) as found:
        if receipt is not None:
            _keep(found, receipt)
        said = _said(found, datetime.now(UTC))
    sys.stdout.write(json.dumps(said) + "\n" if as_json else _in_words(said))
    return 0


def _keep(found: Delivered, receipt: Path) -> None:
    if not found.number:
        detail = "nothing was sent down yet, so there is no receipt"
        raise ProblemError(Problem(ProblemCode.RELEASE_UNUSABLE, detail=detail))
    try:
        durable.write_through(receipt, found.note.encode())
    except OSError as error:
        problem = Problem(ProblemCode.RELEASE_UNUSABLE, receipt.name, plain(str(error)))
        raise ProblemError(problem) from error


def _said(found: Delivered, now: datetime) -> dict[str, Json]:
    receipt, folder = found.receipt, found.profiles()
    profiles: list[Json] = [*sorted(each.name for each in folder.glob("*.toml"))] if folder else []
    return {
        "release": found.number,
        "made_at": utc(found.made_at) if found.made_at else None,
        "age_hours": int((now - found.made_at).total_seconds() // 3600) if found.made_at else None,
        "received": [receipt.epoch, receipt.seq, receipt.leaf] if receipt else None,
        "orders": [_order(each) for each in found.orders()],
        "profiles": profiles,
        "people": found.people_digest or None,
    }


def _order(order: Order) -> Json:
    return {
        "number": plain(order.number, _LONGEST),
        "model": plain(order.model, _LONGEST),
        "count": order.count,
        "supplier": plain(order.supplier, _LONGEST),
        "due": order.due.isoformat() if order.due else None,
        "closed": order.closed,
    }


def _in_words(said: dict[str, Json]) -> str:
    if not said["release"]:
        return "Nothing was sent down to this bench yet.\n"
    lines = [f"Release {said['release']} of {said['made_at']}, {said['age_hours']} hours old."]
    if isinstance(received := said["received"], list):
        epoch, seq, _ = received
        lines.append(f"The centre has this bench's events up to {seq} of epoch {epoch}.")
    orders = said["orders"]
    for each in orders if isinstance(orders, list) else ():
        if isinstance(each, dict):
            due = f", due {each['due']}" if each["due"] else ""
            closed = ", closed" if each["closed"] else ""
            lines.append(
                f"Order {each['number']}: {each['count']} of {each['model']}{due}{closed}."
            )
    profiles = said["profiles"]
    lines += [f"Profile {each}." for each in (profiles if isinstance(profiles, list) else ())]
    return "\n".join(lines) + "\n"
