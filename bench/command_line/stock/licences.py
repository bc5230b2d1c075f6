"""Licence pools on the command line: what each purchase covers today.

Returns an exit code: 0 for enough, 1 where a pool is low or overdrawn.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.command_line.stock.opening import read_book
from bench.identity.plain import plain
from bench.stock.licences.allotting import Allotment, Pool
from bench.stock.licences.queries import pools

ENOUGH, LOW = 0, 1


def show_pools(record: Path, *, as_json: bool) -> int:
    """Tell each pool, and under it each purchase."""
    with read_book(record) as book:
        found = pools(book, datetime.now(UTC).date())
    if as_json:
        sys.stdout.write(json.dumps({"pools": [_said(each) for each in found]}) + "\n")
    else:
        for each in found:
            _tell(each)
    return LOW if any(each.is_low or each.uncovered for each in found) else ENOUGH


def _tell(pool: Pool) -> None:
    low = ", LOW" if pool.is_low else ""
    _say(f"{pool.name}: {pool.bought} bought, {pool.held} held, {pool.free} free{low}")
    for each in pool.allotments:
        _say(f"{pool.name}, {each.purchase.reference}: {_words(each)}")
    if pool.uncovered:
        _say(f"{pool.name}, covered by no purchase: {pool.uncovered}")


def _words(each: Allotment) -> str:
    bought = each.purchase
    until = f", until {bought.until}" if bought.until else ""
    if not each.is_valid:
        return f"{bought.quantity} of {bought.bought}{until}, not valid today"
    return f"{each.held} of {bought.quantity} held, {each.free} free{until}"


def _said(pool: Pool) -> dict[str, object]:
    purchases = [
        {
            "reference": each.purchase.reference, "order": each.purchase.number,
            "quantity": each.purchase.quantity, "bought": each.purchase.bought,
            "until": each.purchase.until, "valid": each.is_valid, "held": each.held,
            "free": each.free,
        }
        for each in pool.allotments
    ]  # fmt: skip
    return {
        "pool": pool.name, "bought": pool.bought, "held": pool.held, "free": pool.free,
        "uncovered": pool.uncovered, "low": pool.is_low, "purchases": purchases,
    }  # fmt: skip


def _say(text: str) -> None:
    sys.stdout.write(f"{plain(text, 400)}\n")
